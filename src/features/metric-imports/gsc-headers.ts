import { headerList } from "./columns.ts";

/**
 * Headers of Search Console's performance export by language of the interface, as public parsers and their fixtures show them:
 * English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Japanese, Chinese, Arabic, then others that were met.
 * Each list begins with the names of the API, Looker Studio and BigQuery.
 */
export const GSC_HEADERS = {
  date: headerList(
    "date | data_date | day | datum | fecha | data | дата | 日付 | 日期 | التاريخ | تاريخ | tarih | 날짜",
  ),
  query: headerList(`
      query | queries | top queries | search query | suchanfrage | suchanfragen | häufigste suchanfragen |
      top-suchanfragen | requête | requêtes | requêtes les plus fréquentes | consulta | consultas |
      consultas principales | query principali | principais consultas | consultas principais |
      consultas mais frequentes | zoekopdracht | zoekopdrachten | populairste zoekopdrachten | query's |
      zapytanie | zapytania | najpopularniejsze zapytania | najczęstsze zapytania | запрос | запросы |
      популярные запросы | поисковый запрос | クエリ | 上位のクエリ | 查询 | 查询数 | 热门查询 | طلب البحث | طلبات البحث |
      أهم طلبات البحث | en popüler sorgular | nejčastější dotazy | vanligaste sökfrågorna | 인기 검색어
    `),
  page: headerList(`
      page | pages | top pages | url | landing page | seite | seiten | häufigste seiten | top-seiten |
      pages les plus populaires | pages les plus fréquentes | página | páginas | páginas principales |
      páginas más populares | pagine | pagine principali | páginas principais | páginas mais visitadas |
      pagina | pagina's | populairste pagina's | strona | strony | najpopularniejsze strony | страница |
      страницы | популярные страницы | ページ | 上位のページ | 网页 | 热门网页 | 排名靠前的网页 | الصفحة | الصفحات | أهم الصفحات |
      en popüler sayfalar | 인기 페이지
    `),
  country: headerList(`
      country | land | länder | pays | país | países | paese | paesi | landen | kraj | kraje | страна |
      страны | 国 | 国家/地区 | 国家 | البلد | ülke | 국가
    `),
  device: headerList(`
      device | gerät | geräte | appareil | appareils | dispositivo | dispositivos | dispositivi | apparaat |
      apparaten | urządzenie | urządzenia | устройство | устройства | デバイス | 设备 | الجهاز | cihaz | 기기
    `),
  searchAppearance: headerList(`
      search_appearance | searchappearance | search appearance | darstellung in der suche |
      apparence dans les résultats de recherche | apariencia en el buscador | aspetto nella ricerca |
      aparência na pesquisa | zoekopmaak | wygląd w wynikach wyszukiwania | вид в поиске | 検索での見え方 |
      搜索结果呈现 | الظهور في البحث
    `),
  searchType: headerList(`
      search_type | searchtype | search type | suchtyp | type de recherche | tipo de búsqueda | tipo di ricerca |
      tipo de pesquisa | zoektype | typ wyszukiwania | тип поиска | 検索タイプ | 搜索类型 | نوع البحث
    `),
  clicks: headerList(`
      clicks | url clicks | klicks | clics | clic | cliques | klikken | kliks | kliknięcia | клики | クリック数 |
      点击次数 | النقرات | tıklama | tıklamalar | kliknutí | klick | 클릭수
    `),
  impressions: headerList(`
      impressions | impressionen | impresiones | impressioni | impressões | vertoningen | wyświetlenia |
      показы | 表示回数 | 展示 | 展示次数 | عدد الظهور | مرات الظهور | gösterim | görüntüleme | zobrazení |
      visningar | 노출수
    `),
  ctr: headerList(`
      ctr | url ctr | site ctr | klickrate | taux de clics | 点击率 | 点击率(%) | نسبة النقر إلى الظهور |
      klickfrekvens | 클릭률
    `),
  position: headerList(`
      position | average position | durchschnittliche position | position moyenne | posición |
      posición media | posizione | posizione media | posição | posição média | positie |
      gemiddelde positie | pozycja | średnia pozycja | позиция | средняя позиция | 掲載順位 | 平均掲載順位 | 排名 |
      平均排名 | موضع | الموضع | متوسط الموضع | ortalama konum | konum | průměrná pozice |
      genomsnittlig position | 평균 게재순위
    `),
  filter: headerList(
    "filter | filtre | filtro | filtr | фильтр | フィルタ | フィルター | 过滤器 | فلتر | الفلتر | filtreler | 필터",
  ),
} as const;

/** Words that name the earlier of two compared periods. */
export const EARLIER_PERIOD =
  /previous|prior|last year|précédent|année dernière|vorherig|vorige|vorjahr|anterior|año pasado|precedent|ano passado|poprzedni|предыдущ|прошл|前の|前年|以前|上一|之前|去年|السابق/u;
