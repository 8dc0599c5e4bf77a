import type { Judgement } from "./clause.ts";

const HAS_CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const KANA = /[\u3040-\u30ff]/;
const HANGUL = /[\uac00-\ud7af]/;
const MODE = "(?:\\s*(?:モード|キーワード|機能|コマンド|模式下?|功能|关键词|關鍵詞|모드|키워드|기능))?";

const ZH_NO =
  "(?:不要|不用|不使用|不需要|不必|不想|不希望|不得|不准|不(?![如妨])|无需|無需|禁止|禁用|停用|停止|关闭|關閉|关掉|關掉|没有|沒有|勿|别|別|避免|拒绝|取消|退出|而不是|而非|代替|跳过)";
const ZH_LINK =
  "(?:再|要|想|给我|帮我|现在|在|这次|這次|任何|使用|用|开启|開啟|打开|开|開|选择|选|启用|啟用|启动|啟動|进入|進入|切换到|切换|切到|走|跑|以|通过|把|它|这个|這個|的|你|我|去|做|让|讓|动用|触发|觸發|调用|\\s)*";
const ZH_NEGATED_BEFORE = new RegExp(`${ZH_NO}${ZH_LINK}$`);
const ZH_REVERSED = /(?:忘了|忘记|忘記|停(?![止用])|不得不|何不|为什么不|為什麼不|不如)[^,，。]*$/;
const ZH_NEGATED_AFTER = new RegExp(
  `^${MODE}[\\s,，]*(?:先|就|请|我|这次|這次|暂时|可以|都|现在|还是)*(?:(?:不要|别|別|不用|不需要|不必)(?:用|开|開|使用|启用|啟用|了|$|[,，。!！])|关掉|關掉|关闭|關閉|关了|停用|停掉|取消|免了)`,
);
/** What makes the keyword the object or the topic of talk. */
const ZH_TALK =
  /(?:什么是|什麼是|啥是|何为|何謂|解释|解釋|介绍|介紹|说明|說明|关于|關於|了解|理解|看懂|弄懂|学习|翻译|翻譯|所谓|提到|谈谈|聊聊|讲讲|说说|比较|比較|听说|聽說|知道|喜欢|喜歡|觉得|认为|测试|卸载|修复|单词|單詞|不如|这个词)(?:一下|一个|這個|这个|了|在|我|你|我们|大家|\s)*$/;
const ZH_HOW =
  /(?:怎么|怎麼|怎样|怎樣|如何|为什么|為什麼|为何|什么时候|什麼時候|何时|要不要|该不该|應不應該|应不应该|是否|有必要|能否|需要)[^,，。？?]{0,6}$/;
/** "能不能用ulw做…": a request when a task follows. */
const ZH_MAY = /(?:能不能|可不可以|可以|能|能否|可否)(?:使?用|开启|启用)\s*$/;
const ZH_PAST =
  /(?:昨天|上次|上周|上週|上个月|刚才|剛才|刚刚|之前|以前|前天|去年)[^,，。]{0,12}$|(?:用|使用|试|試|开|開)(?:了|过|過)(?:一下)?\s*$|(?:如果|当|當|每次)[^,，。]{0,6}$|的\s*$/;
/** A predicate right after the keyword: it is the subject. */
const ZH_PREDICATE = new RegExp(
  `^${MODE}(?:这个词|这个关键词|这个|這個|这个东西)?\\s*(?:到底|究竟|一般|通常|主要|真的|好像|似乎|总是|總是|一直|已经|還|还|也|都|又|就|其实|确实|今天|昨天|刚才|有时|突然|怎么还)*\\s*(?:是|有(?!效|趣)|没|沒|被|什么都|什么也|[^，,]{0,4}就(?:停|卡|崩|挂)|命令|文件|日志|设置|.{1,2}得|让我|比|在(?:跑|运行|哪)|卡|崩|挂|坏|报错|失败|出错|停了|变|占|消耗|花了|跑了|跑完|(?:生成|写|做|创建|创立|给|提|列|出|改|建)(?:了|过|的|出的|好的)|帮我(?:[^,，。]{0,6})(?:了|过)|给了|浪费|太|很|真|挺|非常|贵|貴|慢|快不快|好用|好不好|好吗|值得|不(?:太|好|行|工作|起作用|支持|支援|会|會|能|稳定|稳|便宜|贵)|怎么|怎麼|如何(?:使用|开启|关闭|工作|运作|触发|启动|收费|運作|觸發|開啟)|需要(?:多|什么|额外|付)|要多少|要钱|收费|能(?!帮)|可以(?!帮)|会(?!议|员|展|后)|會(?!議|員|展)|什么意思|什麼意思|多少钱|多少錢|安全|吗|嗎|支持|支援|(?:的|之)(?!模式|方式|方法(?:来|來|做|去|帮)|形式)|(?:和|与|跟|與|或|还是|還是|vs).{0,30}(?:区别|區別|不同|差|哪|好|对比|比较|比較|关系|關係|选))`,
);
const ZH_TASK = /(?:帮|幫|请|做|写|寫|建|给我|出|搞|弄|分析|查|找|优化|策划|生成)/;

const JA_NEGATED = new RegExp(
  `^${MODE}(?:を|は|も|って|の使用は|の使用を|で)?[\\s、]*(?:今回は|絶対に|まだ|一切|特に|もう|ここでは)*(?:使わ(?:ない|ず|なく)|使うな|使用しな|使用せ|不要(?:で|だ|な|に|$|[。、])|無し|なし|抜き|要らない|いらない|いりません|必要な|必要あり|必要では|しない|せず|やめ|止め|オフ|切って|無効|禁止|避け|控え|起動しな|起動せ|有効にしな|じゃな|でな|はな|はいら|ではな|停止|解除)`,
);
const JA_TOPIC = new RegExp(
  `^${MODE}(?:は|が|って|とは|という|といえば|と(?!いう気持ち)|も|か(?!ら|け)|だと|に(?:ついて|関して|は)|の(?!モード|方式|形で|力)|です|や(?!っ)|で(?:作った|作成した|生成した|書いた|出した|出力した)(?!ら)|で(?:何|なに)(?:が|を)?(?:でき|可能))`,
);
const JA_OBJECT = new RegExp(
  `^${MODE}を(?!使|使用|用い|有効|オン|起動|開始|実行|適用|お願い|かけ|入れ|活用|回|走らせ|フル|つけ|始め)|^${MODE}\\s*(?:説明|の説明|使い方)`,
);
const JA_BEFORE = /(?:とは|について|という|なぜ|どうして|いつ|説明して[:：]?|例えば|昨日|前回|先週|先月)[はも、]?\s*$/;
const JA_ORDER =
  /(?:て|で|ください|下さい|頼む|頼みます|お願い(?:し(?:ます|たい(?:です)?)|いたします|できますか)?|ほしい(?:です)?|欲しい(?:です)?|よろしく|う|ましょう|たい(?:です|んだけど)?|(?:もらえ|いただけ|くれ|くださ)(?:る|ます|ますか|ませんか|ない|ないか|い)|ろ|せよ|なさい|しよう|するよう[にな]?)(?:ね|よ|な|か|かな)?[\s!！~〜、]*$/;
const JA_STATEMENT =
  /(?:ました|した(?!い)|った|んだ|いた|えた|れた|ました(?:が|けど)|ています|ている|ません|らしい|そうです|思う|思います|です(?:か|が|けど)?|ます(?:か|が|けど)?|の|んですか|のか|かな|べき(?:か|です|ですか)?|でしょうか|だ|いい)[\s!！]*$/;
const JA_POLITE_REQUEST = /(?:でき|作れ|書け|頼め|お願いでき|して(?:もらえ|いただけ|くれ))(?:ます|る|ません)か?$/;

const KO_NEGATED = new RegExp(
  `^${MODE}(?:를|을|는|은|로|으로|가|이|도)?\\s*(?:절대|이번엔|이번에는|지금은|여기서는|굳이|더 이상|다시는|제발)*\\s*(?:쓰지|사용하지|사용 ?금지|하지 ?(?:마|말|않)|켜지|돌리지|실행하지|없이|빼고|말고|멈|그만|쓰기 ?싫|안 ?쓰|안 ?써|안 ?돼|금지|끄|꺼|필요 ?없|필요하지|아니|대신|제외|중단|중지|비활성)`,
);
const KO_TOPIC = new RegExp(
  `^${MODE}(?:는|은|가|란|이란|이라는|라는|이라고|라고|의|도|와|과|랑|하고|이랑|보다|에)(?![가-힣])|^${MODE}(?:는|은|가|란|이란|이라는|라는|의|와|과|랑|하고|보다|에)\\s|^${MODE}(?:이|를|을)?\\s*(?:뭐|뭔|무엇|무슨|설명|알려|차이|사용법|뜻|의미|문서|알아|아세요|아시|번역|대해|관해|비교|소개|로 (?:만든|생성한|작성한|쓴)|로그|명령|파일|끝날|원리|때문|설정|상태|기록|오류|에러|버그|좋아|덕분|때문|관련|같은|얼마|비싸|비싼|안전)`,
);
const KO_ORDER =
  /(?:줘|줘요|주세요|주십시오|해라|하자|합시다|부탁(?:해|해요|드려요|드립니다|할게)?|바랍니다|주실래요|줄래요?|주시겠어요|주시겠습니까|줄 수 (?:있어|있나요|있을까)(?:요)?|해봐|고 싶어요?|시작|진행|고고|가자)[\s!~.]*$/;
const KO_STATEMENT =
  /(?:[했었았였됐렸웠셨왔났갔줬썼꼈](?:어|다|어요|는데|습니다|음|지만|네|나|을까)(?:요)?|습니다|있어요?|없어요?|같아요?|이야|예요|네요?|더라(?:고요)?|나요|까요?|가요|니|지요?|냐|어때|돼|되|는지)[\s!~.]*$/;

const isQuestion = (end: string): boolean => /[?？]/.test(end);

function chinese(before: string, after: string, end: string): Judgement | undefined {
  if (ZH_NEGATED_BEFORE.test(before) && !ZH_REVERSED.test(before)) return "negated";
  if (ZH_NEGATED_AFTER.test(after)) return "negated";
  if (ZH_PAST.test(before) || ZH_TALK.test(before)) return "mention";
  if (/(?:我|我们|我們|他们|他們|同事)(?:在)?用\s*$/.test(before) && /了/.test(after)) return "mention";
  if (/(?:切到|切换到|进入|换到)\s*$/.test(before)) return undefined;
  const asks = isQuestion(end) || /[吗嗎么呢]\s*$/.test(after);
  if (ZH_MAY.test(before)) return asks && !ZH_TASK.test(after) ? "mention" : undefined;
  if (ZH_HOW.test(before) && !/(?:何不|为什么不|為什麼不)/.test(before)) return "mention";
  // A bare 了 at the end tells what happened.
  if (/^[\u3400-\u9fff].*了\s*$/.test(after) && !/[帮幫请請吧]|给我/.test(after)) return "mention";
  if (/^[\u3400-\u9fff]{0,4}做[什甚]么\s*$/.test(after)) return "mention";
  if (asks && /^[\u3400-\u9fff]/.test(after) && !ZH_TASK.test(after)) return "mention";
  return /^\s*(?:[:：,，]|\s为什么|\s如何)/.test(after) || !ZH_PREDICATE.test(after) ? undefined : "mention";
}

function japanese(before: string, after: string, end: string): Judgement | undefined {
  if (JA_TOPIC.test(after) || JA_OBJECT.test(after) || JA_BEFORE.test(before)) return "mention";
  const tail = after.trimEnd();
  if (JA_ORDER.test(tail) || JA_POLITE_REQUEST.test(tail)) return undefined;
  if (!/^(?:モード)?[でをに]/.test(after.trimStart()))
    return isQuestion(end) && /^[\u3040-\u30ff\u3400-\u9fff]/.test(after) ? "mention" : undefined;
  return JA_STATEMENT.test(tail) || isQuestion(end) ? "mention" : undefined;
}

function korean(after: string, end: string): Judgement | undefined {
  if (KO_TOPIC.test(after)) return "mention";
  const tail = after.trimEnd();
  if (KO_ORDER.test(tail)) return undefined;
  if (/^\s*[:,]/.test(after)) return undefined;
  return /^\s*너무/.test(after) || KO_STATEMENT.test(tail) || isQuestion(end) ? "mention" : undefined;
}

/** Judges the keyword by the Chinese, Japanese or Korean words round it; undefined when nothing speaks against a command. */
export function judgeCjk(before: string, after: string, end: string): Judgement | undefined {
  const left = before.slice(-40);
  const right = after.slice(0, 120);
  if (!HAS_CJK.test(left) && !HAS_CJK.test(right)) return undefined;
  if (JA_NEGATED.test(right) || KO_NEGATED.test(right)) return "negated";
  if (HANGUL.test(left) || HANGUL.test(right)) return korean(right, end);
  return KANA.test(left) || KANA.test(right) ? japanese(left, right, end) : chinese(left, right, end);
}
