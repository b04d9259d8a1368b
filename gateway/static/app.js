// The console: reads the API with the key it was given and shows what it answers. It changes nothing.

const FINAL = new Set(["refused", "released", "stopped", "failed", "cancelled", "purged"]);
const TONE = {
  queued: "wait", rendering: "work", assembling: "work", released: "good", stopped: "bad", failed: "bad", refused: "bad",
  cancelled: "idle", waiting: "idle", speaking: "wait", spoken: "wait", rendered: "good", on: "good", limited: "wait",
  paused: "bad", off: "bad",
};
const EVERY_MS = 3000;
const state = { key: "", me: null, films: new Map(), order: [], selected: null, streams: new Set(), media: new Map(), drawn: "" };
const $ = (id) => document.getElementById(id);

/** Builds an element; text goes in as text, never as markup. */
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

const chip = (text) => h("span", { class: `chip tone-${TONE[text] ?? "idle"}${FINAL.has(text) ? "" : TONE[text] === "work" ? " moving" : ""}` }, text);
const time = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const short = (text, length = 12) => (text && text.length > length ? `${text.slice(0, length)}…` : text ?? "");

function bar(fraction, tone) {
  const inner = h("i");
  inner.style.width = `${Math.round(fraction * 1000) / 10}%`;
  return h("div", { class: `bar tone-${tone}` }, inner);
}

async function api(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { Authorization: `Bearer ${state.key}`, ...options.headers } });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({ detail: answer.statusText }));
    throw Object.assign(new Error(problem.detail), { problem, status: answer.status });
  }
  return answer;
}
const read = async (path) => (await api(path)).json();
const may = (scope) => state.me?.scopes.includes(scope);

// --- productions ---

async function loadFilms() {
  if (!may("jobs:write")) return;
  const page = await read("/v1/productions?limit=30");
  state.order = page.data.map((film) => film.id);
  for (const film of page.data) {
    const known = state.films.get(film.id);
    if (!known || film.version >= known.version) state.films.set(film.id, film);
    if (!FINAL.has(film.state)) follow(film.id);
  }
  if (!state.films.has(state.selected)) state.selected = state.order[0] ?? null;
}

/** Follows one production; server-sent events over fetch, because EventSource cannot send a key. */
async function follow(id) {
  if (state.streams.has(id)) return;
  state.streams.add(id);
  try {
    const answer = await api(`/v1/productions/${id}/events`);
    const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { value, done } = await lines.read();
      if (done) break;
      buffer += value.replaceAll("\r\n", "\n");
      const blocks = buffer.split("\n\n");
      buffer = blocks.pop();
      for (const block of blocks) {
        const data = block.split("\n").find((line) => line.startsWith("data: {"));
        if (data) { state.films.set(id, JSON.parse(data.slice(6))); drawFilms(); }
      }
    }
  } catch { /* the next round of polling opens it again */ } finally { state.streams.delete(id); }
}

function select(id) {
  state.selected = id;
  history.replaceState(null, "", `#film=${id}`);
  drawFilms();
}

function drawFilms() {
  $("count").textContent = state.order.length || "";
  const items = state.order.map((id) => state.films.get(id)).map((film) => h(
    "button", { class: "item", "aria-current": String(film.id === state.selected), onclick: () => select(film.id) },
    h("div", { class: "row" }, h("span", { class: "name" }, film.title), chip(film.state)),
    h("div", { class: "when" }, `${time(film.submitted_at)} · ${film.shots.length} shots`),
    bar(film.fraction, TONE[film.state]),
  ));
  $("list").replaceChildren(...(items.length ? items : [h("p", { class: "empty" }, "Nothing has been submitted yet.")]));
  drawDetail(state.films.get(state.selected));
}

function drawDetail(film) {
  const drawn = JSON.stringify(film ?? null);
  if (drawn === state.drawn) return;
  state.drawn = drawn;
  if (!film) { $("detail").replaceChildren(h("p", { class: "empty" }, "Submit a screenplay and follow it here.")); return; }
  const old = $("detail").querySelector("video");
  const playing = old && old.dataset.film === film.id ? old.parentElement : null;
  $("detail").replaceChildren(
    h("h1", {}, film.title),
    h("p", { class: "sub" }, chip(film.state), h("span", {}, film.phase), h("span", {}, `${Math.round(film.fraction * 100)} %`), h("code", {}, film.id)),
    ...(film.output ? [playing ?? player(film)] : []),
    strip(film), ...stopped(film), ...(film.decision.allow ? [shots(film), decision(film)] : [decision(film), shots(film)]), ...(film.output ? [released(film)] : []),
  );
}

function strip(film) {
  return h("div", { class: "strip", role: "img", "aria-label": "progress by shot" }, film.shots.map((shot) => {
    const inner = h("i");
    inner.style.width = `${shot.fraction * 100}%`;
    const piece = h("span", { class: `tone-${TONE[shot.state]}`, title: `${shot.number} ${shot.heading}: ${shot.state}` }, inner);
    piece.style.setProperty("--long", Math.max(shot.seconds, 0.5));
    return piece;
  }));
}

function stopped(film) {
  if (!film.stop) return [];
  const ms = film.stop.stop_ms == null ? "" : ` ${film.stop.stop_ms.toFixed(0)} ms after it was decided.`;
  return [h("div", { class: "panel stop" }, h("h3", {}, "Stopped"), h("p", {}, `${film.stop.detail}.${ms} Nothing of it was published.`),
    h("p", { class: "mono" }, `${film.stop.code}${film.stop.ledger_index == null ? "" : ` · ledger entry ${film.stop.ledger_index}`}`))];
}

function shots(film) {
  const head = ["", "Shot", "Size", "Who", "Length", "State", "", "Ledger entries", "Take"].map((name) => h("th", {}, name));
  const rows = film.shots.map((shot) => h("tr", {},
    h("td", { class: "number" }, shot.number), h("td", { class: "heading", title: shot.heading }, shot.heading), h("td", {}, shot.size),
    h("td", {}, shot.characters.join(", ")), h("td", {}, `${shot.seconds.toFixed(1)} s`), h("td", {}, chip(shot.state)),
    h("td", { class: "progress" }, bar(shot.fraction, TONE[shot.state])), h("td", { class: "mono" }, shot.ledger_indices.join(" ")),
    h("td", { class: "mono" }, short(shot.take, 8), shot.reused ? " reused" : "")));
  return h("div", { class: "panel scroll" }, h("h3", {}, "Shots"), h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}

function decision(film) {
  const grants = Object.entries(film.decision.grants).map(([use, grant]) => h("span", {}, `${use.split("/")[1]} by ${short(grant, 16)}`));
  const reasons = film.decision.reasons.map((reason) => h("div", { class: "reason" }, h("b", {}, reason.code), ` ${reason.detail}`, reason.fix && h("span", {}, `→ ${reason.fix}`)));
  return h("div", { class: "panel" }, h("h3", {}, film.decision.allow ? "Allowed" : "Refused"),
    h("dl", { class: "facts" }, h("dt", {}, "Decision"), h("dd", {}, h("code", {}, film.decision.id)), h("dt", {}, "Ledger entry"), h("dd", {}, film.decision.ledger_index ?? "–"),
      h("dt", {}, "Grants"), h("dd", {}, grants.length ? h("div", { class: "tags" }, grants) : "none needed")), ...reasons);
}

function released(film) {
  const out = film.output;
  const checks = Object.entries(out.checks).filter(([, value]) => typeof value !== "object").map(([name, value]) => h("span", {}, `${name.replaceAll("_", " ")} ${value}`));
  const picture = h("img", { alt: "contact sheet" });
  media(`/v1/outputs/${out.id}/contact-sheet`).then((url) => { picture.src = url; }).catch(() => picture.remove());
  return h("div", { class: "panel sheet" }, h("h3", {}, "Released"),
    h("dl", { class: "facts" }, h("dt", {}, "Film"), h("dd", {}, `${out.width}×${out.height}, ${out.fps} fps, ${out.seconds.toFixed(1)} s, ${(out.bytes / 1e6).toFixed(1)} MB`),
      h("dt", {}, "SHA-256"), h("dd", {}, h("code", {}, out.sha256)), h("dt", {}, "Ledger entry"), h("dd", {}, out.ledger_index),
      h("dt", {}, "Measured"), h("dd", {}, h("div", { class: "tags" }, checks))), h("br"), picture);
}

function player(film) {
  const video = h("video", { controls: true, playsinline: true, preload: "metadata" });
  video.dataset.film = film.id;
  media(`/v1/outputs/${film.output.id}/video`).then((url) => { video.src = `${url}#t=${(film.output.seconds * 0.24).toFixed(1)}`; }).catch(() => video.remove());
  return h("div", { class: "video" }, video);
}

/** Bytes that need the key, once, as an address a picture or player can use. */
function media(path) {
  if (!state.media.has(path)) {
    state.media.set(path, api(path).then((answer) => answer.blob()).then(URL.createObjectURL));
  }
  return state.media.get(path);
}

// --- flags and ledger ---

async function loadFlags() {
  const { data } = await read("/v1/flags");
  $("flags").replaceChildren(...data.map((flag) => h("div", { class: "flag" },
    h("div", { class: "row" }, h("span", { class: "name" }, flag.key.replace("allow.", "").replaceAll("_", " ")), chip(flag.state)),
    h("div", { class: "why" }, `${flag.reason ?? "as shipped"} · since ${time(flag.since)}${flag.ledger_index == null ? "" : ` · entry ${flag.ledger_index}`}`),
    flag.pending && h("div", { class: "pending" }, `waits for a second operator: ${flag.pending.state}`))));
}

async function loadLedger() {
  if (!may("ledger:read")) return;
  const point = await read("/v1/ledger/checkpoint");
  if ($("ledger").dataset.size === String(point.size)) return;
  const { data } = await read(`/v1/ledger/entries?start=${Math.max(0, point.size - 12)}&limit=12`);
  const rows = data.reverse().map(({ index, envelope }) => {
    const kind = envelope.type.split(".")[1];
    const tone = /aborted|withdrawn|suspended/.test(kind) ? "bad" : /released|recorded|granted/.test(kind) ? "good" : "";
    return h("li", {}, h("b", {}, index), h("span", { class: tone }, kind.replaceAll("-", " ")), h("time", {}, time(envelope.at)));
  });
  $("ledger").dataset.size = point.size;
  $("ledger").replaceChildren(h("div", { class: "panel" },
    h("div", { class: "size" }, point.size, h("small", {}, "entries, signed")),
    h("div", { class: "note mono" }, point.note.trim()), h("ol", { class: "entries" }, rows)));
}

// --- the page ---

async function round() {
  try {
    await Promise.all([loadFilms(), loadFlags(), loadLedger()]);
    document.querySelector(".alarm")?.remove();
    drawFilms();
  } catch (error) {
    if (error.status === 401) return ask(error.message);
    if (!document.querySelector(".alarm")) $("detail").before(h("p", { class: "alarm" }, `The gateway does not answer: ${error.message}`));
  }
  setTimeout(round, EVERY_MS);
}

function ask(refusal = "") {
  sessionStorage.removeItem("assent-key");
  $("main").hidden = true;
  $("login").hidden = false;
  $("refusal").textContent = refusal;
  $("key").focus();
}

async function open(key) {
  state.key = key;
  try { state.me = await read("/v1/me"); } catch (error) { return ask(error.message); }
  sessionStorage.setItem("assent-key", key);
  $("login").hidden = true;
  $("main").hidden = false;
  $("main").classList.toggle("no-films", !may("jobs:write"));
  $("who").replaceChildren(h("span", {}, `${state.me.role} ${short(state.me.id, 12)}`), h("button", { onclick: () => { sessionStorage.clear(); location.reload(); } }, "leave"));
  round();
}

$("login").addEventListener("submit", (event) => { event.preventDefault(); open($("key").value.trim()); });
// `/#key=…` hands a key over once; the part after # is never sent, and the address is cleaned at once.
const asked = new URLSearchParams(location.hash.slice(1));
const handed = asked.get("key");
state.selected = asked.get("film");
if (handed) history.replaceState(null, "", location.pathname + (state.selected ? `#film=${state.selected}` : ""));
const key = handed ?? sessionStorage.getItem("assent-key");
if (key) open(key); else ask();
