/** How the page looks: system fonts, a palette that the colour-blind tell apart (Okabe and Ito's), light and dark. */
export const style = `
:root{color-scheme:light dark;
--page:#f5f5f2;--card:#fff;--ink:#1b1f24;--soft:#5a626c;--line:#e3e4e1;--band:#e4e9ee;--withheld:#6b7178;
--good:#00684a;--bad:#b3261e;--open:#7a5200;--good-back:#e3f4ec;--bad-back:#fdebe9;--open-back:#fdf2da;--link:#005f9e;
--arm-0:#0072b2;--arm-1:#d55e00;--arm-2:#009e73;--arm-3:#b0528a;--arm-4:#8a6d00;--arm-x:#7b838c}
@media (prefers-color-scheme:dark){:root{
--page:#14171a;--card:#1d2125;--ink:#eceef0;--soft:#a9b1ba;--line:#33393f;--band:#343c45;--withheld:#9aa2ab;
--good:#5fd3a4;--bad:#ff9b90;--open:#f2c261;--good-back:#15322a;--bad-back:#3d1f1d;--open-back:#39301a;--link:#74c0f2;
--arm-0:#56b4e9;--arm-1:#f0894a;--arm-2:#3fcf9f;--arm-3:#e08fc0;--arm-4:#d9c04f;--arm-x:#99a1aa}}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);overflow-wrap:anywhere}
a{color:var(--link)}
header,main,footer{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:30px}
h1{font-size:1.05rem;line-height:1.3;margin:0;font-weight:650}
header p{margin:.1rem 0 0;color:var(--soft);font-size:.92rem}
h2{font-size:1.3rem;line-height:1.3;margin:2.4rem 0 .2rem;letter-spacing:-.01em}
h3{font-size:1rem;line-height:1.35;margin:0 0 .2rem}
.lead{margin:0 0 1rem;color:var(--soft);max-width:72ch}
.note{margin:.3rem 0 .6rem;color:var(--soft);font-size:.9rem;max-width:72ch}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;min-width:0}
.verdict{margin-top:16px;padding:24px 26px;border-left:8px solid var(--tone)}
.verdict h2{margin:.5rem 0 .5rem;font-size:clamp(1.55rem,4.4vw,2.3rem);line-height:1.16;letter-spacing:-.022em}
.verdict p{margin:.35rem 0;max-width:70ch;font-size:1.04rem}
.pill{display:inline-block;border-radius:99px;padding:.12rem .75rem;font-size:.85rem;font-weight:650;margin:0;
color:var(--tone);background:var(--tone-back)}
.ahead{--tone:var(--good);--tone-back:var(--good-back)}
.behind,.withheld{--tone:var(--bad);--tone-back:var(--bad-back)}
.open{--tone:var(--open);--tone-back:var(--open-back)}
.two,.arms{display:grid;gap:16px;grid-template-columns:minmax(0,1fr);margin-top:16px}
.one{margin-top:16px}
.arm{border-top:5px solid var(--color)}
.arm p{margin:0 0 .5rem;color:var(--soft);font-size:.9rem}
.arm dl{display:grid;grid-template-columns:1fr auto;gap:.15rem 1rem;margin:0}
.arm dt{color:var(--soft)}
.arm dd{margin:0;text-align:right;font-weight:600;font-variant-numeric:tabular-nums}
.arm .big{font-size:1.5rem;line-height:1.3;letter-spacing:-.02em}
.arm dt.big{font-size:1rem;align-self:end}
.c0{--color:var(--arm-0)}.c1{--color:var(--arm-1)}.c2{--color:var(--arm-2)}.c3{--color:var(--arm-3)}.c4{--color:var(--arm-4)}.cx{--color:var(--arm-x)}
ol.gates{list-style:none;margin:16px 0 0;padding:0;display:grid;gap:12px;grid-template-columns:minmax(0,1fr)}
.gates li{border-top:5px solid var(--tone);padding:14px 18px}
.gates p{margin:.25rem 0 0;font-size:.93rem;color:var(--soft)}
.mark{color:var(--tone);font-weight:700}
.panel{border:1px dashed var(--withheld);border-radius:10px;padding:16px 18px;margin:.6rem 0;color:var(--soft)}
.panel strong{color:var(--ink)}
.plot{margin:.5rem 0}
.plot.wide{display:none}
svg.drawn{display:block;max-width:100%;height:auto;color:var(--soft);overflow:visible}
svg.drawn text{white-space:pre}
.scroll{overflow-x:auto;margin:.4rem 0}
.scroll:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;color:var(--soft);padding:.2rem 0 .3rem;font-size:.86rem}
th,td{text-align:left;padding:.34rem .75rem .34rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th.number,td.number{text-align:right;white-space:nowrap}
th:last-child,td:last-child{padding-right:2px}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom}
tbody th{font-weight:600;min-width:6em;max-width:22em}
th.number:last-child,td.number:last-child{padding-right:4px}
details{margin:.4rem 0 0}
summary{cursor:pointer;color:var(--link);font-size:.92rem;padding:.2rem 0}
dl.facts{display:grid;grid-template-columns:minmax(0,1fr);gap:0;margin:0}
.facts dt{color:var(--soft);font-size:.88rem;margin-top:.6rem}
.facts dd{margin:0}
footer{color:var(--soft);font-size:.86rem;padding-top:26px;padding-bottom:44px}
@media (min-width:760px){
.plot.wide{display:block}.plot.narrow{display:none}
.two{grid-template-columns:repeat(2,minmax(0,1fr));align-items:start}
.two table{font-size:.84rem}.two th,.two td{padding-right:.6rem}
.two>.whole{grid-column:1/-1}
.arms{grid-template-columns:repeat(auto-fit,minmax(260px,1fr))}
ol.gates{grid-template-columns:repeat(3,minmax(0,1fr))}
dl.facts{grid-template-columns:15rem minmax(0,1fr)}
.facts dt{margin:0;padding:.34rem 0;font-size:.95rem}.facts dd{padding:.34rem 0}
.facts dt,.facts dd{border-bottom:1px solid var(--line)}}
@media (max-width:420px){header,main,footer{padding-left:14px;padding-right:14px}.card{padding:15px 14px}.verdict{padding:18px 16px}}
@media print{body{background:#fff}.card{break-inside:avoid}}
`
