// The page behind /dashboard-ui/: figures that the service draws, kept fresh by its events.
import { begin, name, send, signIn, signOut, SignedOut } from "./signin.js";
import { listen } from "./events.js";

const api = new URL("../api/v1/", location.href);
const byId = (id) => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
let page = "fact";
let vms = [];
let asked = 0;
let waiting = 0;

async function get(path, query) {
  const url = new URL(path, api);
  for (const [name, value] of Object.entries(query || {})) {
    if (value !== "") url.searchParams.append(name, value);
  }
  const answer = await send(url, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail || answer.statusText);
  return body;
}

function choose(select, values, first) {
  const was = select.value;
  select.replaceChildren(...values.map((v) => new Option(v === "" ? first : v, v)));
  if (values.includes(was)) select.value = was;
}

function fillVMs() {
  choose(byId("vm"), [""].concat(vms.map((v) => v.vm)), "all");
  if (byId("vm").value === "" && page !== "analysis" && vms.length > 0) byId("vm").value = vms[0].vm;
  fillMetrics();
}

function fillMetrics() {
  const vm = vms.find((v) => v.vm === byId("vm").value);
  const names = vm ? vm.metrics.map((m) => m.metric) : [...new Set(vms.flatMap((v) => v.metrics.map((m) => m.metric)))].sort();
  choose(byId("metric"), [""].concat(names), "all");
}

// wanted is what the address of the figure says.
function wanted() {
  const q = { days: byId("days").value, theme: dark.matches ? "dark" : "light" };
  q.width = String(Math.min(2400, Math.max(480, Math.round(byId("figure").parentElement.clientWidth - 24))));
  let vm = byId("vm").value, metric = byId("metric").value;
  if (page === "forecast") {
    const chosen = vms.find((v) => v.vm === vm) || vms[0];
    vm = chosen ? chosen.vm : "";
    if (metric === "" && chosen && chosen.metrics.length > 0) metric = chosen.metrics[0].metric;
    q.periods = byId("periods").value;
  }
  q.vm = vm;
  q.metric = metric;
  if (byId("metric").value !== metric) byId("metric").value = metric;
  return q;
}

async function show() {
  const mine = ++asked;
  const q = wanted();
  const url = new URL(`figures/${page}.svg`, api);
  for (const [name, value] of Object.entries(q)) if (value !== "") url.searchParams.append(name, value);
  try {
    const answer = await send(url);
    if (mine !== asked) return;
    if (!answer.ok) throw new Error((await answer.json()).detail);
    const picture = URL.createObjectURL(await answer.blob());
    const img = byId("figure");
    const old = img.src;
    img.src = picture;
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
    const shown = [q.vm, q.metric].filter(Boolean).join(" ") || "all series";
    img.alt = `${page} of ${shown}`;
    byId("caption").textContent = `${shown}, drawn ${new Date().toLocaleTimeString()}`;
    byId("problem").hidden = true;
    document.body.dataset.shown = page;
    await table(q);
  } catch (e) {
    if (mine === asked) tell(e);
  }
}

// tell shows what went wrong; who is no longer signed in sees no data either.
function tell(e) {
  byId("problem").textContent = e.message;
  byId("problem").hidden = false;
  if (e instanceof SignedOut) account(false);
}

// account shows who is signed in, or that somebody has to.
function account(inside) {
  document.body.dataset.signedIn = String(inside);
  byId("account").hidden = false;
  byId("user").textContent = inside ? name() : "";
  byId("sign-in").hidden = inside;
  byId("sign-out").hidden = !inside;
  for (const id of ["choice", "content"]) byId(id).hidden = !inside;
  if (!inside) {
    byId("firing").textContent = "";
    byId("live").textContent = "";
  }
}

// table shows the numbers beside the figure.
async function table(q) {
  let head = [], rows = [];
  if (page === "analysis") {
    const all = await get("incidents", { vm: q.vm, metric: q.metric, days: q.days });
    head = ["Severity", "From", "To", "What", "Score"];
    rows = all.slice(-50).reverse().map((i) => [i.severity, when(i.from), when(i.to), i.anomalies.slice(0, 3).map((a) => `${a.vm} ${a.metric} ${a.kind}`).join(", "), i.score.toFixed(2)]);
  } else if (page === "fact") {
    head = ["VM", "Metric", "Points", "Last", "Value"];
    for (const v of vms) {
      if (q.vm && v.vm !== q.vm) continue;
      for (const m of v.metrics) if (!q.metric || m.metric === q.metric) rows.push([v.vm, m.metric, m.count.toLocaleString("en"), m.last ? when(m.last) : "–", m.last_value ?? "–"]);
    }
    byId("points").textContent = `${rows.length} series`;
  }
  const cells = (kind, list) => {
    const tr = document.createElement("tr");
    tr.append(...list.map((text, i) => {
      const c = document.createElement(kind);
      c.textContent = text;
      if (i === list.length - 1 || head[i] === "Points") c.className = "num";
      return c;
    }));
    return tr;
  };
  byId("rows").tHead.replaceChildren(...(rows.length ? [cells("th", head)] : []));
  byId("rows").tBodies[0].replaceChildren(...rows.map((r) => cells("td", r)));
}

const when = (t) => t.replace("T", " ").replace(/(:\d\d)(\.\d+)?Z$/, "$1");

// later draws again soon, once for many events.
function later() {
  if (waiting) return;
  waiting = setTimeout(async () => {
    waiting = 0;
    await refresh();
  }, 2000);
}

async function refresh() {
  try {
    vms = await get("vms");
    const firing = await get("alerts", { state: "firing" });
    byId("firing").textContent = firing.length ? `${firing.length} firing` : "";
    fillVMs();
  } catch (e) {
    tell(e);
    return;
  }
  await show();
}

function live(connected) {
  byId("live").textContent = connected ? "live" : "not connected";
  byId("live").className = connected ? "on" : "";
}

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => {
    page = tab.dataset.page;
    location.hash = page;
    for (const t of document.querySelectorAll("[role=tab]")) t.setAttribute("aria-selected", String(t === tab));
    if (vms.length > 0) show();
  });
}
for (const id of ["metric", "days", "periods"]) byId(id).addEventListener("change", show);
byId("vm").addEventListener("change", () => { fillMetrics(); show(); });
dark.addEventListener("change", show);
addEventListener("resize", later);
byId("sign-in").addEventListener("click", () => { byId("problem").hidden = true; signIn().catch(tell); });
byId("sign-out").addEventListener("click", signOut);
const printing = new URLSearchParams(location.search).get("live") === "off"; // one picture
try {
  const settings = await (await fetch("settings.json")).json();
  const inside = await begin(settings.sign_in);
  if (settings.sign_in) account(inside);
  const start = document.querySelector(`[data-page="${location.hash.slice(1)}"]`); // begin has brought it back
  if (start && start.dataset.page !== "fact") start.click();
  if (inside) {
    refresh();
    if (!printing) listen(new URL("events", api), (kind) => { if (["points", "alert", "change", "reset"].includes(kind)) later(); }, live);
  }
} catch (e) {
  tell(e);
}
