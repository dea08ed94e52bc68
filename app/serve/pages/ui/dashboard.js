// The page behind /dashboard-ui/: figures that the service draws, kept fresh by its events.
import { begin, name, send, signIn, signOut, SignedOut } from "./signin.js";
import { listen } from "./events.js";

const api = new URL("../api/v1/", location.href);
const byId = (id) => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)");
const printing = new URLSearchParams(location.search).get("live") === "off"; // one picture
let page = "fact";
let vms = [];
let asked = 0;
let waiting = 0;
let known = false; // whether VMs were listed
let drawn = ""; // when the figure was

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const clock = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone });
const when = (t) => clock.format(new Date(t));
const mostRows = 500;

// ask sends a request; that nobody answers is told in words.
async function ask(url, options) {
  try {
    return await send(url, options);
  } catch (e) {
    if (e instanceof TypeError) throw new Error("The service cannot be reached. It is tried again." + (drawn ? ` This is what was known at ${drawn}.` : ""));
    throw e;
  }
}

// Refused is an answer that says no.
class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

// passing tells whether it may be well in a moment.
const passing = (e) => !(e instanceof SignedOut) && !(e instanceof Refused && e.status < 500 && e.status !== 429);

async function get(path, query) {
  const url = new URL(path, api);
  for (const [name, value] of Object.entries(query || {})) {
    if (value !== "") url.searchParams.append(name, value);
  }
  const answer = await ask(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

async function refusal(answer) {
  const body = await answer.json().catch(() => ({})); // a proxy's page
  const text = body.detail || `The service answers ${answer.status} ${answer.statusText}.`;
  return new Refused(answer.status, text.charAt(0).toUpperCase() + text.slice(1));
}

function choose(select, values, first) {
  const was = select.value;
  select.replaceChildren(...values.map((v) => new Option(v === "" ? first : v, v)));
  if (values.includes(was)) select.value = was;
}

function fillVMs() {
  choose(byId("vm"), [""].concat(vms.map((v) => v.vm)), "all");
  if (!known && page !== "analysis" && vms.length > 0) byId("vm").value = vms[0].vm;
  known = known || vms.length > 0;
  fillMetrics();
}

function fillMetrics() {
  const vm = vms.find((v) => v.vm === byId("vm").value);
  const names = vm ? vm.metrics.map((m) => m.metric) : [...new Set(vms.flatMap((v) => v.metrics.map((m) => m.metric)))].sort();
  choose(byId("metric"), [""].concat(names), "all");
}

// wanted is what the address of the figure says.
function wanted() {
  const q = { theme: dark.matches ? "dark" : "light", time_zone: zone };
  q.width = String(Math.min(2400, Math.max(480, Math.round(byId("drawing").clientWidth - 24))));
  let vm = byId("vm").value, metric = byId("metric").value;
  if (page === "forecast") {
    const chosen = vms.find((v) => v.vm === vm) || vms[0];
    vm = chosen ? chosen.vm : "";
    if (metric === "" && chosen && chosen.metrics.length > 0) metric = chosen.metrics[0].metric;
    q.periods = byId("periods").value;
  } else {
    q.days = byId("days").value;
  }
  q.vm = vm;
  q.metric = metric;
  if (byId("metric").value !== metric) byId("metric").value = metric;
  return q;
}

async function show() {
  const mine = ++asked;
  const none = vms.length === 0;
  byId("empty").hidden = !none;
  for (const id of ["choice", "content"]) byId(id).hidden = none;
  if (none) {
    byId("problem").hidden = true;
    return;
  }
  const q = wanted();
  const url = new URL(`figures/${page}.svg`, api);
  for (const [name, value] of Object.entries(q)) if (value !== "") url.searchParams.append(name, value);
  const slow = setTimeout(() => { if (mine === asked) byId("caption").textContent = page === "analysis" ? "Searching for anomalies…" : "Drawing…"; }, 300);
  try {
    const answer = await ask(url);
    if (!answer.ok) throw await refusal(answer);
    const picture = URL.createObjectURL(await answer.blob());
    if (mine !== asked) {
      URL.revokeObjectURL(picture);
      return;
    }
    const img = byId("figure");
    const old = img.src;
    img.src = picture;
    img.hidden = false;
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
    const shown = [q.vm, q.metric].filter(Boolean).join(" ") || "all series";
    img.alt = `${page} of ${shown}`;
    drawn = when(Date.now()).slice(11);
    clearTimeout(slow);
    byId("caption").textContent = `${shown}, drawn ${drawn}, times in ${zone}`;
    byId("drawing").hidden = false;
    byId("problem").hidden = true;
    document.body.dataset.shown = page;
  } catch (e) {
    if (mine !== asked) return;
    tell(e);
    if (passing(e)) return; // what was drawn is still the newest
    byId("drawing").hidden = true; // it shows something else than was asked for
  } finally {
    clearTimeout(slow);
  }
  await table(q, mine).catch((e) => { if (mine === asked) tell(e); });
}

// tell shows what went wrong; who is no longer signed in sees no data either.
function tell(e) {
  byId("problem").textContent = e.message;
  byId("problem").hidden = false;
  if (e instanceof SignedOut) account(false);
  else if (passing(e) && !printing) later();
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
    byId("empty").hidden = true;
    byId("firing").textContent = "";
    byId("live").textContent = "";
  }
}

// table shows the numbers beside the figure.
async function table(q, mine) {
  let head = [], rows = [], note = "";
  if (page === "analysis") {
    const all = await get("incidents", { vm: q.vm, metric: q.metric, days: q.days });
    if (mine !== asked) return;
    head = ["Severity", "From", "To", "What", "Score"];
    rows = all.slice(-50).reverse().map((i) => [i.severity, when(i.from), when(i.to), what(i), i.score.toFixed(2)]);
    note = rows.length === 0 ? "No incidents in this range." : rows.length < all.length ? `The newest ${rows.length} of ${all.length} incidents.` : "";
  } else if (page === "fact") {
    head = ["VM", "Metric", "Points", "Last", "Value"];
    for (const v of vms) {
      if (q.vm && v.vm !== q.vm) continue;
      for (const m of v.metrics) if (!q.metric || m.metric === q.metric) rows.push([v.vm, m.metric, m.count.toLocaleString("en"), m.last ? when(m.last) : "–", m.last_value === undefined ? "–" : number(m.last_value, m.unit)]);
    }
    if (rows.length > mostRows) note = `The first ${mostRows} of ${rows.length.toLocaleString("en")} series; choose a VM or a metric.`;
  }
  byId("points").textContent = page === "fact" ? `${rows.length.toLocaleString("en")} series` : "";
  byId("note").textContent = note;
  rows = rows.slice(0, mostRows);
  const cells = (kind, list) => {
    const tr = document.createElement("tr");
    tr.append(...list.map((text, i) => {
      const c = document.createElement(kind);
      c.textContent = text;
      if (i === list.length - 1) c.className = "num";
      if (head[i] === "Points") c.className = "num extra";
      return c;
    }));
    return tr;
  };
  byId("rows").tHead.replaceChildren(...(rows.length ? [cells("th", head)] : []));
  byId("rows").tBodies[0].replaceChildren(...rows.map((r) => cells("td", r)));
}

function what(incident) {
  const more = incident.anomalies.length - 3;
  return incident.anomalies.slice(0, 3).map((a) => `${a.vm} ${a.metric} ${a.kind}`).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

const number = (v, unit) => v.toLocaleString("en", { maximumSignificantDigits: 6 }) + (unit ? ` ${unit}` : "");

// later draws again soon, once for many events; a search takes the service longer than a figure.
function later() {
  if (waiting) return;
  waiting = setTimeout(async () => {
    waiting = 0;
    await refresh();
  }, page === "analysis" && drawn ? 30000 : 2000);
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

let was = false; // connected once
function live(connected) {
  if (connected && was && byId("live").className === "") later(); // what happened meanwhile
  was = was || connected;
  byId("live").textContent = connected ? "live" : "not connected";
  byId("live").className = connected ? "on" : "";
}

for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => {
    page = tab.dataset.page;
    location.hash = page;
    for (const t of document.querySelectorAll("[role=tab]")) t.setAttribute("aria-selected", String(t === tab));
    for (const label of document.querySelectorAll("[data-pages]")) label.hidden = !label.dataset.pages.split(" ").includes(page);
    byId("rows").tHead.replaceChildren();
    byId("rows").tBodies[0].replaceChildren();
    byId("note").textContent = "";
    byId("figure").hidden = true;
    byId("drawing").hidden = false;
    byId("caption").textContent = "";
    if (known) show();
  });
}
for (const id of ["metric", "days", "periods"]) byId(id).addEventListener("change", show);
byId("vm").addEventListener("change", () => { fillMetrics(); show(); });
dark.addEventListener("change", show);
let width = innerWidth;
addEventListener("resize", () => { // phones hide their address bar
  if (innerWidth !== width) {
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => { waiting = 0; show(); }, 300);
  }
});
byId("sign-in").addEventListener("click", () => { byId("problem").hidden = true; signIn().catch(tell); });
byId("sign-out").addEventListener("click", signOut);
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
