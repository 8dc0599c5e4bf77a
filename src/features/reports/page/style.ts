/** Colours of the page; every text colour has a contrast of 4.5 or more on its paper (WCAG 2.2, 1.4.3). */
const LIGHT = `--paper:#fbfaf7;--raised:#f3f1eb;--ink:#1d1c1a;--soft:#5d5a54;--line:#dcd8cf;--link:#00588f;--good:#00694c;--warn:#8a5200;--bad:#a63f00;--quiet:#5d5a54;--chart-data:#0072b2;--chart-fit:#0072b2;--chart-harm:#d55e00;--chart-harm-text:#a63f00;--chart-muted:#77756f;--chart-grid:#e4e1da;--chart-ink:#4a4741`;
const DARK = `--paper:#171614;--raised:#211f1c;--ink:#edeae3;--soft:#aaa59b;--line:#3a3732;--link:#7cc4f0;--good:#4fc49a;--warn:#e8ad4a;--bad:#f58f5a;--quiet:#aaa59b;--chart-data:#56b4e9;--chart-fit:#7cc9f5;--chart-harm:#f0803c;--chart-harm-text:#f58f5a;--chart-muted:#8d8a83;--chart-grid:#302d29;--chart-ink:#c4bfb5`;

const BASE = `
*{box-sizing:border-box}
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
header,main,footer{max-width:1160px;margin:0 auto;padding:0 clamp(16px,4vw,40px)}
header{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 32px;padding-top:22px;padding-bottom:20px;color:var(--soft);font-size:14px}
p,ul,ol,dl,dd,figure{margin:0;padding:0}
ul{list-style:none}
a{color:var(--link);text-underline-offset:.2em;text-decoration-thickness:1px}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.soft,.none,.aside{color:var(--soft)}
.shape{width:.82em;height:.82em;fill:currentColor;vertical-align:-.06em;margin-inline-end:.12em;flex:none}
.status{font-weight:600;white-space:nowrap}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.quiet{color:var(--quiet)}
`;

const OPENING = `
.opening{padding:clamp(20px,5vw,52px) 0 44px}
.kicker{color:var(--soft);font-size:15px}
h1{display:flex;align-items:center;gap:.28em;margin:.12em 0 .34em;font-size:clamp(44px,9vw,92px);line-height:1.02;letter-spacing:-.025em;font-weight:700;overflow-wrap:normal}
h1 .shape{width:.66em;height:.66em;margin:0}
.lead{display:grid;gap:28px 64px}
.reason{font-size:clamp(19px,2.1vw,24px);line-height:1.42;max-width:34em;text-wrap:pretty}
.scale{margin-bottom:20px;font-size:17px}
.scale .status{margin-inline-start:.25em}
.judgement dt{font-size:14px;color:var(--soft)}
.judgement dd+dt{margin-top:16px}
.judgement dd+dd{margin-top:6px}
.partial{margin:30px 0 0;padding:14px 18px;border-inline-start:4px solid var(--warn);background:var(--raised)}
.partial li{margin-top:4px}
.glance{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:0 24px;margin-top:40px;border-top:1px solid var(--line)}
.glance li{padding-top:14px}
.glance a{display:block;color:var(--soft);text-decoration:none;font-size:14px}
.glance a:hover,.glance a:focus-visible{text-decoration:underline}
.glance .status,.glance .change{font-size:18px;font-weight:600}
`;

const SECTIONS = `
main>section+section{border-top:1px solid var(--line);padding:36px 0 44px}
h2{margin:0;font-size:21px;line-height:1.25;letter-spacing:-.012em;text-wrap:balance}
.aside{margin-top:8px;font-size:14px;max-width:44em}
.content{margin-top:20px;min-width:0}
h3{margin:30px 0 8px;font-size:16px;line-height:1.35}
.content>h3:first-child,.content>article:first-child h3{margin-top:0}
.panel{display:grid;gap:14px 32px}
.panel+.panel{margin-top:32px;padding-top:32px;border-top:1px solid var(--line)}
.panel h3{margin:0}
.panel .words{font-size:15px}
.panel .words p+p{margin-top:6px}
.panel .verdict{margin:4px 0 8px;font-size:22px;line-height:1.3}
.change{font-weight:600;white-space:nowrap}
.panel .soft{font-size:14px}
.note{display:inline-block;min-width:1.6em;text-align:center;font-size:12px;line-height:1.6;vertical-align:.25em;text-decoration:none;border:1px solid var(--line);border-radius:3px}
figure{min-width:0}
figure svg{display:block;width:100%;height:auto}
.wide{display:none}
figcaption{margin-top:8px;font-size:14px;color:var(--soft)}
table{width:100%;border-collapse:collapse;font-size:15px;line-height:1.45}
th,td{text-align:start;vertical-align:top;padding:10px 0;font-weight:400}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{display:block;padding:10px 0;border-top:1px solid var(--line)}
tbody th{display:block;padding:2px 0 4px;font-weight:600}
tbody th .soft{display:block;font-weight:400;font-size:14px}
td{display:grid;grid-template-columns:7.2em minmax(0,1fr);gap:12px;padding:2px 0}
td::before{content:attr(data-head);color:var(--soft);font-size:14px}
.plain li{padding:4px 0}
.content>table+h3{margin-top:34px}
.progress{margin-bottom:18px}
.bar{display:flex;gap:3px;height:18px}
.bar span{min-width:4px}
.completed{background:var(--ink)}
.in_progress{background:repeating-linear-gradient(135deg,var(--ink) 0 3px,transparent 3px 7px);box-shadow:inset 0 0 0 1px var(--ink)}
.planned{box-shadow:inset 0 0 0 1px var(--soft)}
.lost{background:var(--bad)}
.progress ul{display:flex;flex-wrap:wrap;gap:4px 24px;margin:10px 0 4px}
.swatch{display:inline-block;width:14px;height:14px;margin-inline-end:8px;vertical-align:-2px}
.incident+.incident{margin-top:24px;padding-top:24px;border-top:1px solid var(--line)}
.incident h3{margin:0 0 4px}
.postmortem{display:grid;gap:2px 20px;margin-top:12px;padding:14px 18px;background:var(--raised)}
.postmortem dt,.facts dt{color:var(--soft);font-size:14px}
.notes{padding-inline-start:1.6em}
.notes li{padding:3px 0}
.notes li::marker{color:var(--soft)}
:target{scroll-margin-top:16px;outline:2px solid var(--line);outline-offset:6px}
.facts>div{padding:6px 0}
footer{border-top:1px solid var(--line);padding-top:20px;padding-bottom:48px;color:var(--soft);font-size:14px}
`;

const WIDER = `
@media (min-width:560px){
.wide{display:block}.narrow{display:none}
.postmortem{grid-template-columns:7em minmax(0,1fr)}
.postmortem dd{grid-column:2}
.facts>div{display:grid;grid-template-columns:9em minmax(0,1fr);gap:16px}
}
@media (min-width:720px){
thead{position:static;width:auto;height:auto;clip-path:none}
thead tr{border:0}
thead th{padding-top:0;padding-bottom:8px;color:var(--soft);font-size:14px;vertical-align:bottom}
tr{display:table-row}
th,tbody th,td{display:table-cell;padding:10px 20px 10px 0}
tbody tr>*{border-top:1px solid var(--line)}
tbody th{width:30%}
td::before{content:none}
tr>:last-child{padding-inline-end:0}
td{min-width:6.2em}
.tight{white-space:nowrap;min-width:0}
.number{text-align:end;white-space:nowrap}
.lead{grid-template-columns:minmax(0,1.7fr) minmax(0,1fr)}
}
@media (min-width:1020px){
main>section:not(.opening){display:grid;grid-template-columns:190px minmax(0,1fr);gap:0 44px}
.content{margin-top:0}
.panel{grid-template-columns:220px minmax(0,1fr)}
}
`;

const PRINT = `
@page{size:A4;margin:15mm 14mm}
@media print{
:root{color-scheme:light;${LIGHT};--paper:#fff;--raised:#f6f5f1}
body{font-size:10.5pt}
header,main,footer{max-width:none;padding-left:0;padding-right:0}
.opening{padding:12px 0 24px}
h1{font-size:46pt}
.reason{font-size:14pt}
.glance{margin-top:24px;grid-template-columns:repeat(4,1fr)}
.wide{display:block}.narrow{display:none}
main>section+section{padding:20px 0 24px}
.panel,.incident,.partial,.progress,tr,li,figure,.facts>div{break-inside:avoid}
h2,h3,thead{break-after:avoid}
a{color:inherit;text-decoration:none}
}
`;

/** The whole style of the page: phone first, then wider, then paper. No font, image or file from outside. */
export const PAGE_STYLE = [BASE, OPENING, SECTIONS, WIDER, PRINT].join("");
