const words = (...lines: string[]): ReadonlySet<string> => new Set(lines.join(" ").split(/\s+/));

/** Words that switch the keyword off when they govern it. */
export const NEGATORS = words(
  "no not don't dont never without w/o can't cannot won't wouldn't shouldn't isn't doesn't didn't needn't mustn't neither nor except minus sans",
  "nicht kein keine keinen keinem keiner ohne nie niemals statt anstatt anstelle",
  "ne n pas jamais aucun aucune inutile",
  "sin nunca jamás tampoco nada",
  "não nao sem",
  "non senza mai niente nessun nessuna",
  "не без никакого никакой никогда нет нельзя вместо",
  "nie bez niet geen zonder nooit inte ingen utan aldrig ikke uden uten jangan tanpa tidak không khong đừng dung ilman ні",
  "لا بدون دون بلا ليس لن لم عدم أبدا بغير",
  "בלי אל ללא बिना मत χωρίς μην όχι بدونِ",
);

/** Verbs that switch something off; after a negator they mean the opposite ("don't stop"). */
export const OFF_VERBS = words(
  "stop stopping avoid avoiding skip disable disabling drop cancel quit cease off ignore forget opt refrain deactivate kill exit end quit hör hört aufhören abschalten leave lasse",
  "vermeide vermeiden deaktiviere deaktivieren stoppe stopp verzichte lass weg",
  "évite évitez éviter arrête arrêtez arrêter désactive désactivez désactiver coupe",
  "evita evitar evite desactiva desactivar desactive deja dejes apaga quita olvida",
  "evitar desative desativa desligue desliga pare chega esqueça dispense",
  "disattiva disattivare spegni smetti basta smettila",
  "отключи отключите отключить выключи выключите выключить хватит прекрати прекратите избегай забудь",
  "tắt",
  "توقف أوقف اوقف تجنب ألغ عطل عطّل",
);

/** Negators only together with the word that follows them. */
export const NEGATOR_PAIRS: Readonly<Record<string, ReadonlySet<string>>> = {
  instead: words("of"),
  rather: words("than"),
  plutôt: words("que qu"),
  lieu: words("de d"),
  vez: words("de do"),
  lugar: words("de do"),
  invece: words("di che"),
  posto: words("di"),
  بدلا: words("من"),
  بدلاً: words("من"),
  عوضا: words("عن"),
};

/** Negators of a whole verb phrase: they reach the keyword through "… with ulw". */
export const VERB_NEGATORS = words(
  "don't dont never not shouldn't won't can't cannot wouldn't nicht nie niemals ne n pas jamais no nunca jamás não nao non mai не никогда لا nie niet inte",
);

/** Verbs whose negation is a wish for more: "don't forget to …". */
export const REVERSERS = words(
  "forget hesitate vergiss vergessen vergesst oublie oubliez oublier olvides olvide olvidar esqueça esquecer esqueças dimenticare dimenticarti dimenticate забудь забудьте تنس تنسى stop only just worry wait vergeet zapomnij",
);

/** Verbs that put the keyword to use. */
export const USE_VERBS = words(
  "use using utilize run running start starting enable activate trigger turn switch go do doing apply invoke call launch execute engage put want wants need needs like try take set kick fire employ leverage choose pick keep enter give get hit ulw ultrawork",
  "nutze nutzen nutz nutzt benutze benutzen benutz verwende verwenden verwend verwendet starte starten start aktiviere aktivieren aktivier mach mache machen führe schalte schalt schalten stell stelle brauche brauchen brauch will wollen wollte möchte möchten setze setz wechsle geh gehe arbeite lauf lasse einsetzen einschalten anwenden benötige benötigen",
  "utilise utilisez utiliser utilises utilisons lance lancez lancer lances active activez activer actives passe passez passer fais faites faire fasse veux voudrais voulons besoin emploie mets mettre démarre exécute travaille travaillez",
  "usa use usar uses usemos utiliza utilice utilizar utilices utilizas activa active activar actives ejecuta ejecutar ejecute lanza lanzar pon ponga haz hagas hacer quiero queremos necesito necesitamos trabaja inicia arranca corre corras aplica apliques apliquen",
  "use usar usando bora partiu vamos utilize utilizar ative ativar ativa execute executar rode rodar rodes quero queremos preciso faça fazer faz inicie ligue ligar trabalhe comece aplique bora partiu vamos",
  "cambia cambiar cambiare passa passare pasa pasar muda mude mudar wechsel sposta seguir continua usa usare usate utilizza utilizzare utilizzi usi attiva attivare attivi lancia lanciare lanci avvia avviare esegui eseguire fai fare voglio vorrei vogliamo serve bisogno metti lavora parti applica",
  "используй используйте использовать используя включи включите включать включай включайте включить запусти запустите запускай запускайте запускать примени применяй применять хочу хотим нужен нужно надо нужна сделай делай делать работай перейди",
  "استخدم استعمل تستخدم تستعمل نستخدم استخدام باستخدام استعمال شغل شغّل تشغل تشغيل فعل فعّل تفعل تفعيل ابدأ أريد اريد نريد حاجة داعي اعمل نفذ أطلق",
  "gebruik gebruiken użyj używaj użyć använd använda brug bruk kullan gunakan pakai dùng sử dụng bật chạy käytä",
);

/** Prepositions under which work is done with the keyword. */
export const PREPOSITIONS = words(
  "in with via by under as into through bei beim mit im per unter via in mithilfe avec en par sous via con en mediante por vía com em no via por con in tramite attraverso с со в через на помощью ب في إلى عبر مع باستخدام met w z med şu ile dengan pakai với bằng",
);

const ARTICLES =
  "the a an any some this that these those our my your its all full proper kind sort type of der die das den dem des ein eine einen einem einer dein deinen unser le la les un une de du des ce cet cette l d el la los las un una de del este esta o a os as um uma de do da este esse isso lo il la un una uno di del dell l questo этот эта это эту этого этом من الـ ال ل بـ هذا هذه het een";
/** Articles and possessives: right before the keyword they make it part of a name, as in "the ulw docs". */
export const DETERMINERS = words(
  "the a an any some this that these those our my your its every each das der den dem des ein eine einen dein unser le un une ce cette el un una este esta o um uma este esse il lo un questo",
);
/** Nouns that only say the keyword is a way of working. */
export const MODE_NOUNS = words(
  "mode modus modo mode modalità modalita режим режиме режима режиму режимом وضع الوضع نمط run pass style way treatment session sprint tryb läge modu trybie kip chế độ",
);

/** Words that may stand between a negator and the keyword. */
export const LIGHT = new Set([
  ...USE_VERBS,
  ...PREPOSITIONS,
  ...MODE_NOUNS,
  ...words(ARTICLES),
  ...words(
    "think believe feel to for about you me us we i he it they be being been have having going yet now here please ever again really actually even more longer is was need reason point want please that should dare else at all there asking requesting planning c'è",
    "bitte hier jetzt mehr das es ich wir du sie dafür dazu diesmal auf zu zum bloß mal doch nochmal wieder dich mir uns auch",
    "que qu je tu vous nous on s te plaît plus surtout ici y te il faut se svp",
    "que yo te lo nos por favor aquí más ya usted esta vez hace falta se me",
    "ci serve servono ne que eu você por favor aqui mais isso se me aí agora quero",
    "che io tu si ti mi per favore qui più ora",
    "я мне нам ты пожалуйста больше здесь сейчас чтобы это мы тут",
    "من أن ان فضلك رجاء هنا الآن إلى عن لي لنا أي اي كلمة وضع الوضع لاستخدام لاستعمال لتشغيل لتفعيل",
  ),
]);

/** Openers before a command: the keyword after them still leads its clause. */
export const OPENERS = words(
  "please pls plz ok okay k hey hi hello yo so now and then but also just let's lets alright right yes yeah yep sure well first next finally actually instead oh team guys dear thanks again go great cool good all perfect everyone today tonight quick quickly kindly therefore otherwise plus hmm cool nice",
  "bitte hallo hi also nun jetzt und dann aber los ja gut erst zuerst danach heute einfach moin servus na",
  "s'il te vous plaît plait svp bonjour salut alors maintenant et puis mais oui bon allez d'accord merci",
  "por favor hola vale ahora y entonces pero sí si bueno venga vamos gracias oye ok olá ola oi agora e então mas sim bom vamos ciao salve ora poi ma sì bene dai allora per favore",
  "пожалуйста привет так теперь и а но да хорошо давай ок окей ну тогда сначала من فضلك مرحبا مرحباً السلام عليكم حسنا حسناً الآن ثم و نعم رجاء رجاءً لو سمحت",
  "graag alsjeblieft hoi proszę cześć hej tack snälla lütfen merhaba tolong halo xin chào",
);

/** Words that open a question. */
export const QUESTION_WORDS = words(
  "what what's whats how how's why why's when where which who whose whether is are am was were does did has have do should shall may might can could would will isn't aren't doesn't didn't don't",
  "wie warum wieso weshalb wann wo wer welche welcher welches wofür wozu ist sind war kann könnte soll sollte sollen muss gibt kostet funktioniert hat brauche brauchen darf lohnt",
  "comment pourquoi quand où qui quoi quel quelle quels quelles combien est-ce qu'est-ce c'est que faut-il dois-je puis-je peut-on est qu'apporte à-quoi",
  "qué que cómo como cuándo cuando cuánto cuanto cuál cual quién dónde es puedo debo debería sirve funciona hay o vale",
  "quando quanto quanta qual quais quem onde porque por posso devo deveria é existe será custa",
  "cosa cos'è che come quale quali chi dove perché perche quanto è posso devo dovrei conviene costa funziona",
  "что как почему зачем когда где кто какой какая какие чем сколько ли стоит можно нужно нужен расскажи есть",
  "ما ماذا كيف لماذا متى أين اين من هل كم أي لم",
  "wat hoe waarom co jak dlaczego czy ile vad hur varför när är vad's hvad hvordan ne nasıl neden nedir apa bagaimana kenapa apakah berapa",
);
/** Question words that open a sentence about time or place as often as a question. */
export const SOFT_QUESTION_WORDS = words(
  "c'est when where do don't have may might shall que que como cuando quando por porque wo o che come comment que puis есть нужно нужен можно من أي لم ne co will brauche brauchen kann can could would est vale war o",
);

/** Words that start a request although it has the form of a question. */
export const REQUEST_VERBS = words(
  "may can could would will kannst könntest können könnten würdest könnt magst peux-tu pouvez-vous pourrais-tu pourriez-vous peux pouvez pourrais pourriez veux-tu voulez-vous puedes podrías podría puede podéis podemos pueden pode poderia consegue podes podem puoi potresti può potete potrebbe можешь можете могли мог могла سوف يمكنك ممكن تستطيع بإمكانك kun kunt możesz kan",
);
/** Who is asked in such a request. */
export const ADDRESSEES = words(
  "you we u y'all somebody someone the du ihr wir sie tu vous nous usted ustedes você vocês voi lei je",
);

/** Words that talk about the keyword instead of using it. */
export const MENTIONS = words(
  "let от до после перед как чем von vor nach seit als wie depuis avant après contre desde antes después tras dopo prima قبل بعد مثل make prefer summarise summarize about of from than like between against versus since after before during despite besides regarding near explain describe define on debug uninstall benchmark install support implement sell build recommend praise blame advertise monitor ignore question mock name benchmark demo present show confuse follow evaluate measure criticise criticize fix repair investigate check confirm verify regarding between difference differences called named word words keyword keywords term mention mentions mentioned love loves like likes loved liked hate hates document compare comparing versus vs understand know tell wonder wondering of translate rename spell remove count discuss rate review replace say says said type typed typing read heard hear tried than from call summarize summarise search grep mean meaning means meant concerning around against test testing document documenting spelled writes wrote write print replace teach learn by find removing adding like and/or prefer recommend is are was were be isn't does did feature think thought believe guess suppose that's for see saw ask asked asking",
  "erkläre erklär erklären beschreibe beschreib über bedeutet heißt wort begriff zwischen unterschied kenne kennst mag mochte verstehe von dokumentiere übersetze vergleiche ist war schlüsselwort namens gegenüber zu",
  "explique expliquez expliquer décris définis définit sur entre différence mot terme signifie connais connaître aime propos parle parle-moi traduis compare est appelé concernant",
  "explica explícame explicame explicar explique describe define sobre entre diferencia palabra término significa conoces gusta acerca háblame cuéntame traduce compara es llamado hablar",
  "explica explique descreva defina sobre entre diferença palavra termo significa conhece gosto fale compare é chamado traduza",
  "spiega spiegami spiegare descrivi definisci su tra fra differenza parola termine significa conosci piace parlami confronta è riguardo traduci",
  "объясни объясните опиши расскажи расскажите про о об между разница слово термин значит означает знаешь нравится переведи сравни называется такое такой",
  "اشرح اشرحي شرح عن حول بين الفرق كلمة معنى يعني تعرف أعرف هو هي ترجم قارن أخبرني وضّح",
  "leg uitleg over tussen verschil wyjaśnij między różnica o förklara om mellan hakkında açıkla jelaskan tentang",
);
/** The verbs among them that make a whole clause a question about how the keyword works. */
export const EXPLAINERS = words(
  "explain describe document difference differences compare understand know wonder wondering between teach learn define clarify tell tutorial confused unsure",
  "erkläre erklär erklären beschreibe beschreib unterschied zwischen verstehe weißt explique expliquez expliquer différence entre dis-moi comprends sais explica explícame explicame explicar diferencia dime entiendo sabes diferença spiega spiegami spiegare differenza capisco dimmi",
  "объясни объясните разница расскажи расскажите скажи скажите знаешь понимаю между اشرح الفرق بين أخبرني قل",
);
/** Verbs at a German clause's end that do the same. */
export const FINAL_EXPLAINERS = words(
  "erklären erläutern beschreiben empfehlen vorstellen erklärst bedeutet heißt funktioniert kostet explicar definir explain",
);

/** After a subject verb these turn it into a question about the work: "ulw is our funnel leaking?". */
export const INVERTED_SUBJECTS = words(
  "j you we i our my your there they these those people anyone someone u du ihr wir ich sie unser unsere mein meine tu vous nous notre nos usted nosotros nuestra nuestro nossa nosso noi nostra nostro мы наш наша наши",
);

/** What one says about the keyword itself when it is the topic: "ulw docs", "the ulw keyword". */
export const META_NOUNS = words(
  "keyword keywords feature docs documentation detector hook template prompt prompts command setting settings bug bugs error errors costs usage word term logo meaning definition tutorial trigger flag option toast banner pricing explained detection agents output outputs tokens tasks sessions logs state progress badge process ltd inc gmbh corp llc limited",
);
/** Judgements put as a question: "ulw expensive?". */
export const JUDGEMENTS = words(
  "expensive worth safe free good better best available supported enough slow fast cheap real teuer kostenlos gut sicher cher gratuit sûr caro gratis seguro barato costoso sicuro дорого дорогой платный бесплатно бесплатный полезен безопасен",
);

/** Words after the keyword that compare it. */
export const COMPARERS = words("vs versus or oder ou o или gegen contra contre compared");

/** Names of other modes; a list of modes is talk about modes. */
export const OTHER_MODES = words("planned plan-mode eco ecomode autopilot swarm normal regular default manual");

/** Words that end the reach of a negator or question word. */
export const BREAKS = words(
  "but because then so just instead aber sondern mais pero mas sino ma but но а لكن بل ولكن porém però sondern only",
);

/** First and third persons in statements about use. */
export const SUBJECTS = words(
  "notre nos nuestro nuestra nosso nossa nostro nostra meu minha mio mia mon ma unser unsere mein meine mi our my наш наша мой моя i we they he she people users someone you team boss colleague customers everyone everybody folks ich wir man er je on nous yo nosotros ellos eu nós io noi я мы они أنا نحن",
);
/** Marks a wish rather than a report: "I want to use ulw". */
export const WISHES = words(
  "want wants deserve deserves time would 'd need needs calls must going wanna let's lets should i'd we'd möchte will wollen würde brauche veux voudrais voulons quiero queremos quisiera necesito quero queremos gostaria preciso voglio vorrei vogliamo хочу хотим хотел нужно أريد اريد نريد please",
);
/** Conditions: "when I use ulw, it …". */
export const CONDITIONALS = words(
  "if when whenever once unless while before after wenn falls sobald si quand lorsque cuando se quando если когда إذا عندما",
);
/** Prepositions that may stand before a question word. */
export const PREPOSITION_OF_QUESTION = words(
  "à a de para por per pour für mit от о об для в из with for in to at от до عن في",
);
/** Imperatives that can begin an order in the middle of a sentence without punctuation. */
export const IMPERATIVES = words(
  "use run start activate enable launch engage nutze benutze verwende starte aktiviere utilise utilisez lance lancez active usa usad utiliza ejecuta activa rode ative utilize utilizza lancia attiva avvia используй используйте запусти включи استخدم شغل",
);
