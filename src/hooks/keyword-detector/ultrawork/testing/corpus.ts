/** One prompt as a person would type it, with the answer a person would expect. */
export type LabelledPrompt = { category: string; language: string; active: boolean; text: string };

/** Labels a list of prompts alike. */
export function label(category: string, language: string, active: boolean, texts: readonly string[]): LabelledPrompt[] {
  return texts.map((text) => ({ category, language, active, text }));
}

/** Prompts against which the detector was written. */
export const CORPUS: readonly LabelledPrompt[] = [
  ...label("plain use", "en", true, [
    "ulw build a 30-day demand-gen pipeline for our B2B SaaS", "ultrawork: launch plan for the spring collection", "ULW grow our newsletter to 10k readers",
    "Ultrawork, please audit our onboarding emails", "ulw", "ultrawork", "Ulw!", "please ulw the whole funnel", "ok ulw this", "let's ulw it",
    "build a content calendar for May, ulw", "build a content calendar for May ulw", "Write the launch posts (ulw)", "[ulw] competitor teardown for Acme",
    "(ulw) find ten backlinks", "**ulw** refresh our pricing page", "use ulw to plan the webinar", "use ultrawork for this campaign", "Please run this in ulw mode.",
    "run in ultrawork mode: SEO audit of the blog", "I want you to use ulw and get us 50 trials", "I'd like you to ulw the partner launch", "switch to ulw and continue",
    "turn on ulw and draft the emails", "go ulw on the LinkedIn series", "Just ulw it.", "with ulw, prepare the weekly report", "mode: ulw\nGoal: 200 demo requests\nBudget: 0",
    "Goal: more signups.\n\nulw", "Here is the brief.\n- audience: CFOs\n- offer: free trial\n\nulw build the pipeline", "growth-manager, ulw our referral programme",
    "hey team ulw a press kit", "ulw mode on, then do the keyword research", "ulw mode please", "do an ulw run on the onboarding funnel", "/ulw build a landing page for dentists",
    "/ultrawork plan Q3", "ulw - plan the podcast tour", "ulw — plan the podcast tour", "ulw. Plan the podcast tour.", "ulw... plan the podcast tour", "ulw\nplan the podcast tour",
    "Read the brief and ulw it", "We have two weeks. Ulw this.", "take docs/brief.md and ulw a campaign out of it", "see https://example.com/brief and ulw a reply campaign",
    "ulw the post from yesterday performed badly, make a better one", "The budget is zero and nobody knows us, so ulw something organic", "For Acme: ulw a product-led growth plan",
    "1. ulw the audit\n2. then report", "ulw no fluff, just results", "ulw don't ask questions, just build it", "don't wait for me, ulw the rest", "No more planning. ulw.",
    "not planned mode, ulw", "don't forget to use ulw", "I don't care how, just ulw it", "never mind the old plan, ulw a new one", "not sure what to post, ulw it", "don't stop ulw until the report is written",
  ]),
  ...label("use with a question", "en", true, [
    "ulw can you build a pipeline?", "ulw: why is traffic down? find out and fix it", "please use ulw, what should we post first?", "can you ulw a campaign for us?",
    "could you please use ulw to fix our SEO?", "would you run this in ulw mode?", "ulw what do our competitors spend on ads?", "ulw how do we double signups", "ulw should we raise prices?",
    "why is churn up? ulw find the cause", "What should we post first? Use ulw.", "ulw is our pricing page leaking visitors? fix it", "ulw does our blog rank for anything?", "why not ulw this?", "can we ulw the launch?",
    "will you ulw the webinar promo?", "how about we ulw the newsletter?", "Can you take the brief and use ultrawork to turn it into a plan?",
  ]),
  ...label("plain use", "de", true, [
    "ulw bau eine Kampagne für unser Produkt", "bitte ulw nutzen und einen Redaktionsplan schreiben", "Nutze ulw, um mehr Leads zu gewinnen", "mach das mit ulw", "ulw: warum sinkt der Traffic? Finde es heraus", "starte ulw für den Launch",
    "Schreib die Mails im ulw Modus", "ulw was macht unsere Konkurrenz besser?", "Kannst du mit ulw einen Newsletter planen?", "Erstelle einen Funnel, ulw", "nicht lange reden, ulw", "ulw nicht vergessen und los",
  ]),
  ...label("plain use", "fr", true, [
    "ulw construis une campagne pour notre SaaS", "utilise ulw pour préparer le lancement", "lance ultrawork sur notre newsletter", "en mode ulw, écris les mails", "peux-tu utiliser ulw pour notre blog ?", "s'il te plaît ulw ce plan", "fais-le avec ulw", "Je veux utiliser ulw pour ce projet", "ulw : pourquoi le trafic baisse-t-il ?",
  ]),
  ...label("plain use", "es", true, [
    "ulw crea una campaña para nuestro SaaS", "usa ulw para el lanzamiento", "por favor usa ultrawork y prepara los correos", "hazlo con ulw", "en modo ulw, escribe el plan", "¿puedes usar ulw para mejorar el blog?", "ulw ¿por qué baja el tráfico? arréglalo", "quiero usar ulw para esto", "activa ulw y sigue",
  ]),
  ...label("plain use", "pt", true, [
    "ulw crie uma campanha para nosso SaaS", "use ulw para o lançamento", "por favor, usa ulw e faz o plano", "faça isso com ulw", "rode isso no modo ulw", "você pode usar ulw para o blog?", "ulw faz uma campanha de e-mail", "quero usar ultrawork neste projeto",
  ]),
  ...label("plain use", "it", true, [
    "ulw crea una campagna per il nostro SaaS", "usa ulw per il lancio", "per favore usa ultrawork e prepara le email", "fallo con ulw", "puoi usare ulw per il blog?", "in modalità ulw, scrivi il piano", "voglio usare ulw per questo", "ulw fai un piano editoriale",
  ]),
  ...label("plain use", "ja", true, [
    "ulwで30日間の施策を作って", "ulw 新製品の発表計画をお願いします", "ulwを使ってLPを作ってください", "ultraworkモードでメールを書いて", "ulw、競合を調べて", "ulwでどうやって集客すべきか調べて実行して", "この計画をulwで進めて", "ulw：なぜ流入が減ったのか調べて", "ulwをオンにして続けて", "ulwで広告は使わないで計画を作って", "ｕｌｗで計画を立てて",
  ]),
  ...label("plain use", "zh", true, [
    "用ulw做一个30天的增长计划", "ulw 帮我写一份发布计划", "请使用ulw分析一下为什么流量下降", "ulw：为什么流量下降？找出原因并修复", "ulw模式，做竞品分析", "开启ulw，写邮件", "用 ultrawork 搭建营销漏斗", "能不能用ulw做一个内容日历？", "ulw能帮我做一个漏斗吗？", "切换到ulw模式继续", "ulw不要废话，直接做", "ulw做一個發佈計畫", "别忘了用ulw",
  ]),
  ...label("plain use", "ko", true, [
    "ulw로 캠페인을 만들어줘", "ulw 신제품 출시 계획 짜줘", "ulw를 사용해서 이메일을 작성해줘", "ultrawork 모드로 진행해줘", "ulw 왜 트래픽이 떨어졌는지 찾아줘", "ulw로 어떻게 성장할지 조사하고 실행해", "이 계획을 ulw로 진행해", "ulw 켜고 계속해줘",
  ]),
  ...label("plain use", "ru", true, [
    "ulw сделай план запуска", "используй ulw для рассылки", "запусти ultrawork и напиши письма", "сделай это с ulw", "в режиме ulw подготовь отчёт", "можешь использовать ulw для блога?", "ulw: почему упал трафик? найди и исправь", "не забудь использовать ulw", "нет, используй ulw",
  ]),
  ...label("plain use", "ar", true, [
    "ulw أنشئ حملة لمنتجنا", "استخدم ulw لإطلاق المنتج", "من فضلك استخدم ultrawork واكتب الرسائل", "هل يمكنك استخدام ulw لتحسين المدونة؟", "نفذ هذا باستخدام ulw", "ulw لماذا انخفضت الزيارات؟ اكتشف السبب",
  ]),
  ...label("negation", "en", false, [
    "don't ulw this", "do not use ulw here", "no ulw please", "without ultrawork, write the plan", "stop using ulw", "please never ulw my repo", "write the mail, but no ulw", "I'd rather not use ulw today", "plan it instead of ulw",
    "planned mode rather than ulw", "avoid ultrawork for this one", "turn off ulw", "turn ulw off", "disable ulw and continue", "no need for ulw", "there is no need to use ulw for this", "don't build the funnel with ulw", "please don't run this in ulw mode",
    "I don't want ulw", "We do not want you to use ultrawork", "skip ulw", "ulw: no", "ulw not needed", "leave ulw off", "not ulw", "Not ulw, planned mode.", "never run ulw on a paid channel", "can you do it without ulw?", "ulw off", "dont use ulw", "ulw is not needed here", "don’t ulw this", "Cancel ultrawork", "forget ulw, plan it properly",
    "ulw build it. Wait, no: don't use ulw.",
  ]),
  ...label("negation", "de", false, ["kein ulw bitte", "bitte nicht ulw", "ohne ulw", "nutze ulw nicht", "ulw bitte nicht verwenden", "mach das nicht mit ulw", "ich will kein ultrawork", "schalte ulw aus", "statt ulw lieber geplant", "ulw brauche ich hier nicht", "verwende hier kein ulw", "Bitte ohne den ulw Modus"]),
  ...label("negation", "fr", false, ["n'utilise pas ulw", "pas de ulw", "sans ulw s'il te plaît", "pas d'ulw", "ne lance pas ultrawork", "sans utiliser ulw", "arrête ulw", "désactive ulw", "au lieu de ulw, fais un plan", "je ne veux pas de ulw", "plutôt que ulw, planifie"]),
  ...label("negation", "es", false, ["no uses ulw", "sin ulw", "sin usar ultrawork", "no quiero ulw", "nada de ulw", "desactiva ulw", "nunca uses ulw aquí", "en vez de ulw, planifica", "deja de usar ulw", "evita ulw"]),
  ...label("negation", "pt", false, ["não use ulw", "sem ulw", "nao use ultrawork", "não quero ulw", "desligue ulw", "em vez de ulw, planeje", "nunca use ulw", "pare de usar ulw"]),
  ...label("negation", "it", false, ["non usare ulw", "senza ulw", "niente ulw", "non voglio ultrawork", "disattiva ulw", "invece di ulw, pianifica", "mai ulw", "smetti di usare ulw"]),
  ...label("negation", "ja", false, ["ulwなしで書いて", "ulwは使わないで", "ulwを使わずに計画して", "ulwは不要です", "ulwではなく通常モードで", "ulwをオフにして", "ultraworkは使うな", "ulwはいらない"]),
  ...label("negation", "zh", false, ["不要用ulw", "别用ulw", "不用ulw，直接写", "无需ulw", "请不要使用ultrawork", "关闭ulw", "ulw不用了", "不需要ulw", "停止使用ulw", "不要開啟ulw", "把ulw关掉", "ulw先别用"]),
  ...label("negation", "ko", false, ["ulw 쓰지 마", "ulw 없이 해줘", "ulw는 사용하지 마세요", "ulw 말고 계획 모드로", "ulw 꺼줘", "ulw로 하지 마", "ultrawork 필요 없어"]),
  ...label("negation", "ru", false, ["не используй ulw", "без ulw", "не надо ulw", "ulw не нужен", "отключи ulw", "вместо ulw сделай план", "не запускай ultrawork", "никакого ulw"]),
  ...label("negation", "ar", false, ["لا تستخدم ulw", "بدون ulw", "لا أريد ulw", "أوقف ulw", "من دون ultrawork", "بدلا من ulw اكتب خطة"]),
  ...label("asked about", "en", false, [
    "what does ulw do?", "how do I use ultrawork?", "explain ulw", "is ulw expensive?", "what is the difference between ulw and planned mode", "what is ulw", "What's ultrawork?", "should I use ulw or planned mode?", "when should I use ulw?", "why did ulw fail?", "tell me about ulw", "can you explain ulw?",
    "how does ulw work", "does ulw cost more tokens?", "which is better, ulw or planned?", "ulw?", "ulw vs planned mode", "do I need ulw for this?", "have you heard of ulw?", "who wrote ulw?", "what happens when I type ulw?", "show me how to use ulw", "describe ultrawork", "compare planned mode with ulw", "Is there a limit in ulw mode?",
    "ulw: what is it?", "ulw expensive?", "are ulw and ultrawork the same thing?", "could you tell me what ulw means?", "I don't understand ulw", "I wonder what ulw does", "what triggers ulw?", "how to use ulw", "does it work with ulw?", "where are the docs for ulw?",
  ]),
  ...label("asked about", "de", false, ["was ist ulw?", "was macht ulw", "wie benutze ich ulw?", "erkläre ulw", "kannst du mir ulw erklären?", "ist ulw teuer?", "was ist der Unterschied zwischen ulw und Planmodus?", "wann sollte ich ultrawork nutzen?", "ulw oder Planmodus?", "wie funktioniert ulw?", "was bedeutet ulw"]),
  ...label("asked about", "fr", false, ["c'est quoi ulw ?", "que fait ulw ?", "comment utiliser ulw ?", "explique ulw", "qu'est-ce que ultrawork ?", "ulw est cher ?", "quelle est la différence entre ulw et le mode planifié ?", "peux-tu expliquer ulw ?", "à quoi sert ulw ?"]),
  ...label("asked about", "es", false, ["¿qué es ulw?", "¿qué hace ulw?", "¿cómo uso ulw?", "explica ulw", "¿es caro ulw?", "¿cuál es la diferencia entre ulw y el modo planificado?", "¿para qué sirve ulw?", "¿cuándo debo usar ultrawork?", "¿puedes explicar ulw?"]),
  ...label("asked about", "pt", false, ["o que é ulw?", "o que faz ulw?", "como usar ulw?", "explique ulw", "ulw é caro?", "qual a diferença entre ulw e o modo planejado?", "quando devo usar ultrawork?"]),
  ...label("asked about", "it", false, ["cos'è ulw?", "cosa fa ulw?", "come si usa ulw?", "spiega ulw", "ulw è costoso?", "qual è la differenza tra ulw e la modalità pianificata?", "quando devo usare ultrawork?"]),
  ...label("asked about", "ja", false, ["ulwとは何ですか", "ulwって何？", "ulwの使い方を教えて", "ulwは高いですか？", "ulwと計画モードの違いは？", "ulwについて説明して", "いつulwを使うべき？", "ulwで何ができますか？"]),
  ...label("asked about", "zh", false, ["ulw是什么？", "什么是ulw", "怎么用ulw？", "解释一下ulw", "ulw贵吗？", "ulw和计划模式有什么区别？", "什么时候应该用ulw", "ulw怎么用", "介绍一下ultrawork", "能不能用ulw？"]),
  ...label("asked about", "ko", false, ["ulw가 뭐야?", "ulw는 어떻게 써?", "ulw 설명해줘", "ulw 비싸?", "ulw와 계획 모드의 차이는?", "ulw 사용법 알려줘", "ultrawork란 무엇인가요?"]),
  ...label("asked about", "ru", false, ["что такое ulw?", "что делает ulw?", "как использовать ulw?", "объясни ulw", "ulw дорогой?", "чем отличается ulw от планового режима?", "когда использовать ultrawork?", "расскажи про ulw"]),
  ...label("asked about", "ar", false, ["ما هو ulw؟", "ماذا يفعل ulw؟", "كيف أستخدم ulw؟", "اشرح ulw", "هل ulw مكلف؟", "ما الفرق بين ulw والوضع المخطط؟"]),
  ...label("mention", "en", false, [
    "I used ulw yesterday and it was great", "ulw is my favourite mode", "write a blog post about ulw", "the ulw keyword does not fire", "I love ulw", "rename ulw to mega", "add ulw to the glossary", "fix the ulw detector", "our ulw docs are outdated", "when I type ulw nothing happens", "ulw doesn't work", "someone told me ulw is good", "Translate: ulw",
    "ulw means a lot of work at once", "we tried ulw last week", "remove ulw from the README", "The word ulw appears twice", "ulw docs are outdated", "git checkout ulw", "npm install ulw", "Built the landing page with ulw yesterday", "Done in ulw mode, see the diff",
  ]),
  ...label("code", "any", false, [
    "```\nulw build\n```", "what is wrong here?\n```ts\nconst mode = 'x'; // ulw go\n```", "~~~\nulw build\n~~~", "```\nulw build", "~~~sh\nulw build", "````\n```\nulw\n```\n````", "look: ```\nulw run\n```", "fix `ulw` here", "fix ``ulw ` x`` here", "- item\n  ```\n  ulw x\n  ```", "`ulw build a pipeline`", "see\n\n   ~~~~\nulw\n~~~\nulw\n~~~~\ndone", "~~ulw~~ write it", "code:```ulw run", "`````\nulw\n```\nulw",
  ]),
  ...label("code", "any", true, ["```\ncode\n```\nulw fix it", "ulw fix `foo()`", "ulw:\n```\nx\n```", "~~~\nx\n~~~\nulw", "it costs 5` ulw plan", "ulw ```x```"]),
  ...label("tags", "any", false, [
    "<system-reminder>ulw is on</system-reminder>", "<system-reminder>\nuse ulw\n", "write a post <system-reminder>ulw</system-reminder>", "<context>ulw build</context> summarise", "<SYSTEM-REMINDER>ulw go</SYSTEM-REMINDER>", "<a href=\"x\">ulw</a>", "<!-- ulw --> hello", "<div><div>x</div> ulw go</div>", "<note id=\"1\">\n\nulw build\n\n</note>", "[SYSTEM REMINDER - ulw]",
  ]),
  ...label("tags", "any", true, ["<system-reminder>be brief</system-reminder>\nulw build it", "<brief>CFOs</brief> ulw a campaign", "ulw write <b>bold</b> copy", "a < b, ulw prove it"]),
  ...label("paths and URLs", "any", false, [
    "open https://example.com/ulw", "see http://ulw.example.com/x", "www.example.com/?q=ulw", "read docs/ulw.md", "open ulw.ts", "cat ./ulw", "edit ../ulw/readme", "C:\\work\\ulw\\file.txt", "src/hooks/ulw/index.ts", "ulw/README.md", "/docs/ulw", "~/ulw", "mail ulw@example.com", "@ulw what is up", "post with #ulw", "set --ulw", "mode=ulw", "[ulw](https://example.com)", "ulw.com is down", "https://example.com/a,ulw", "\\\\server\\ulw\\x", "templates/ultrawork/marketing.md is wrong", "import { x } from \"./ultrawork/detect\"", "opencode run ulw build", "the file ulw.test.ts fails",
  ]),
  ...label("quotes", "any", false, [
    "the word \"ulw\" is odd", "he typed “ulw build it” and left", "was heißt „ulw“?", "le mot « ulw »", "「ulw」という言葉", "'ulw' is a keyword", "> ulw build it\nwhat does this line mean", "> ulw", "‘ulw go’ is what she wrote", "『ulw』を検索", "she said \"ulw build it\" yesterday", "| ulw | fast |", "\"ulw\" is a word and so is \"plan\"", "User: ulw build\nAssistant: ok",
  ]),
  ...label("quotes", "any", true, ["\"ulw build a pipeline\"", "“ulw build a pipeline”", "'ulw build a pipeline'", "«ulw crée un plan»", "„ulw bau einen Plan“", "「ulw 計画を作って」", "\"ulw write a \\\"best\\\" ad\"", "ulw write the headline \"Grow faster\"", "5\" screens: ulw a launch", "ulw don't over-plan, we're late", "\"ulw\"", "ulw make it 'snappy'"]),
  ...label("joined words", "any", false, ["ulw-mode is odd", "anti-ultrawork people", "ulw_x = 1", "my_ulw", "ultraworker", "bulwark", "ulwa", "ulw2", "3ulw", "ultraworks great", "pre-ulw", "ulw‑mode", "$ulw", "ulw()", "x.ulw", "ulws", "сulw", "ulwы", "Ulwick wrote jobs to be done", "ULW-123 is closed", "ulw's price", "foo::ulw", "%ulw%", "{ulw}"]),
  ...label("no keyword", "any", false, [
    "build a 30-day demand-gen pipeline", "work ultra hard on the blog", "was macht die Konkurrenz?", "writes three posts about growth", "Plan the launch for 12 May with a budget of 4,000 EUR", "what should we post first?", "ul w", "u l w", "ultra work", "use unlimited leeway", "", "   ", "广告计划", "次の施策を考えて", "повысь конверсию",
  ]),
];
