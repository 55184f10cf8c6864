// Shows a checked bundle to a person. Everything that comes out of the bundle is put in as text, never as markup.
"use strict";

const TEXTS = {{texts}};
const LANGUAGES = Object.keys(TEXTS);
const HIDDEN = new Set(["number", "candidates", "amount_minor", "currency", "customer_id", "contact_id", "decision_id", "note_id", "gesture_id",
  "hold_id", "account_id", "approval_id", "handle_id", "content_key_id", "in_reply_to"]);
const ENDS_IN_REF = /_ref$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

let language = (navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => tag in TEXTS) || LANGUAGES[0];
let known = "";

const words = () => TEXTS[language];
const say = (key, values = {}) => words().ui[key].replace(/\{(\w+)\}/g, (_whole, name) => String(values[name]));

function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const clocks = Object.fromEntries(LANGUAGES.map((tag) => [tag, new Intl.DateTimeFormat(tag, { dateStyle: "long", timeStyle: "long" })]));
const when = (value) => clocks[language].format(new Date(value));
const isoMicroseconds = (at) => new Date(Math.floor(at / 1000)).toISOString().slice(0, 23) + String(at % 1000).padStart(3, "0") + "Z";

function money(minor, currency) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

// A value of a fact, as a person reads it.
function plain(value, name, body) {
  if (value === true || value === false) return say(value ? "yes" : "no");
  if (name === "agent_id") return agent(value, body);
  if (Array.isArray(value)) return value.map((each) => plain(each, "", body)).join("\n");
  if (value && typeof value === "object") {
    return Object.entries(value).filter(([, each]) => each !== null).map(([key, each]) => `${label(key)}: ${plain(each, key, body)}`).join("\n");
  }
  if (typeof value !== "string") return String(value);
  if (TIME.test(value)) return when(value);
  return ENDS_IN_REF.test(name) ? value : words().values[value] || value;
}

const label = (name) => words().fields[name] || words().values[name] || name.replace(/_/g, " ");
const agent = (id, body) => (id === null ? say("nobody") : body.agents[id] || id);

function actorName(actor) {
  if (actor.kind === "CUSTOMER") return say("customer");
  return `${actor.ref} (${words().values[actor.kind] || actor.kind})`;
}

function list(rows) {
  return element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function fieldRows(data, body) {
  const rows = Object.entries(data)
    .filter(([name, value]) => !HIDDEN.has(name) && value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0))
    .map(([name, value]) => [label(name), plain(value, name, body)]);
  if (typeof data.amount_minor === "number" && data.currency) rows.unshift([label("amount"), money(data.amount_minor, data.currency)]);
  return rows;
}

function candidates(data, body) {
  if (!Array.isArray(data.candidates) || data.candidates.length === 0) return null;
  const heads = ["candidate", "tier", "eta", "result"].map((key) => element("th", {}, say(key)));
  const rows = data.candidates.map((each) => element("tr", { class: each.rejected ? "" : "chosen" },
    element("td", {}, agent(each.agent_id, body)),
    element("td", {}, each.tier ? words().values[each.tier] || each.tier : ""),
    element("td", {}, each.eta ? when(each.eta) : ""),
    element("td", {}, each.rejected ? words().values[each.rejected] || each.rejected : say("chosen"))));
  return element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows)));
}

// The opened content of a fact, or what became of it.
function content(fact, body, withheld) {
  if (json(unbase64(fact.seals)).length === 0) return null;
  const opened = body.readable && body.readable.texts.find((each) => each.version === fact.version);
  if (opened) return element("div", { class: "says" }, list(fieldRows(flat(JSON.parse(opened.text)), body)));
  const state = withheld.includes(fact.version) ? "withheld" : body.readable ? "gone" : "sealed";
  return element("p", { class: "soft small" }, say(state));
}

const flat = (opened) => (opened.content && typeof opened.content === "object" ? { ...opened.content, ...opened, content: null } : opened);

function technical(fact, meta) {
  const rows = [
    [say("topic"), fact.topic], [say("utc"), isoMicroseconds(fact.recorded_at)], [say("position"), String(fact.position)], [say("hash"), fact.hash],
    [say("eventId"), fact.event_id], [say("causation"), meta.causation_id || "\u2013"], [say("correlation"), meta.correlation_id],
  ];
  const raw = JSON.stringify(json(unbase64(fact.clear)), null, 2);
  return element("details", {}, element("summary", {}, say("technical")),
    list(rows.map(([name, value]) => [name, element("code", {}, value)])), element("pre", { class: "mono" }, raw));
}

function step(fact, body, withheld, broken) {
  const [data, meta] = [json(unbase64(fact.clear)), json(unbase64(fact.meta))];
  const by = [say("by", { actor: actorName(meta.actor) })];
  if (meta.on_behalf_of) by.push(say("onBehalf", { actor: actorName(meta.on_behalf_of) }));
  return element("li", { class: fact.version === broken ? "step broken" : "step" },
    element("div", { class: "head" }, element("span", { class: "number" }, String(fact.version)),
      element("h3", {}, words().topics[fact.topic] || fact.topic), element("time", {}, when(fact.recorded_at / 1000))),
    element("div", { class: "inner" }, element("p", { class: "soft small" }, by.join(", ")), list(fieldRows(data, body)),
      candidates(data, body), content(fact, body, withheld), technical(fact, meta)));
}

function verdict(result, body) {
  const { error, signed } = result;
  if (!error) {
    return signed
      ? banner("good", say("good"), say("goodMore", { count: body.facts.length }))
      : banner("unsure", say("unsure"), say("unsureMore"));
  }
  if (!(error instanceof Altered) && !isSecureContext) return banner("unsure", say("cannot"), say("cannotMore"));
  const what = words().problems[error.what] || words().problems.unreadable;
  return banner("bad", say("bad"), error.version ? say("badAt", { version: error.version, what }) : what, say("badMore"));
}

const banner = (kind, title, ...more) =>
  element("div", { class: `verdict ${kind}`, role: "status" }, element("strong", {}, title), ...more.map((line) => element("p", {}, line)));

function checks({ note, withheld, signed }, key) {
  const done = [["\u2713", say("checkDigest")], ["\u2713", say("checkChain")], ["\u2713", say("checkEnvelopes")]];
  if (withheld.length) done.push(["\u2022", say("checkWithheld", { versions: withheld.join(", ") })]);
  done.push(["\u2713", say("checkLog", { size: note.size })]);
  done.push(signed ? ["\u2713", say("checkSignature", { name: key })] : ["?", say("checkNoSignature", { name: key })]);
  return [element("h2", {}, say("checks")), element("ul", { class: "checks" }, ...done.map(([mark, line]) =>
    element("li", {}, element("b", {}, mark), element("span", {}, line))))];
}

// The form of a key: log, id, and 33 bytes in base64.
const KEY = /^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;

function proof(result, bundle) {
  const { note } = result;
  const answer = element("p", { class: "small", id: "compared" });
  const compare = (text) => {
    known = text.trim();
    const state = known === "" ? "None" : known === bundle.body.vkey ? "Same" : KEY.test(known) ? "Other" : "NoKey";
    answer.textContent = say("compare" + state);
    answer.className = "small " + { None: "soft", Same: "good", Other: "bad", NoKey: "soft" }[state];
  };
  const input = element("input", { id: "known-key", placeholder: say("comparePlaceholder"), spellcheck: "false", autocomplete: "off",
    oninput: (event) => compare(event.target.value) });
  input.value = known;
  compare(known);
  const rows = [[say("log"), note.origin], [say("size"), String(note.size)], [say("root"), hex(note.root)], [say("key"), bundle.body.vkey],
    [say("digest"), bundle.digest]].map(([name, value]) => [name, element("code", {}, value)]);
  rows.push([say("exported"), when(bundle.body.exported_at / 1000)]);
  return [element("h2", {}, say("proof")), element("div", { class: "card" }, list(rows), element("label", {}, say("compare"), input), answer)];
}

function header(title, redraw) {
  const switches = LANGUAGES.filter((tag) => tag !== language).map((tag) => element("button", { type: "button", lang: tag, id: `to-${tag}`,
    onclick: () => { language = tag; redraw(); } }, TEXTS[tag].name));
  const print = element("button", { type: "button", onclick: () => window.print() }, say("print"));
  return element("header", {}, element("h1", {}, title), element("div", { class: "actions" }, ...switches, print));
}

function show(bundle, result) {
  const body = bundle && bundle.body;
  const title = body && body.case ? say("title", { number: body.case.number }) : "eender";
  document.documentElement.lang = language;
  document.title = `${title} \u00b7 eender`;
  const parts = [header(title, () => show(bundle, result)), element("p", { class: "soft" }, say("intro")), verdict(result, body)];
  try {
    if (!result.error) {
      const readable = body.readable ? say("readable", { purpose: body.readable.purpose }) : say("sealedBundle");
      parts.push(...checks(result, result.note.origin), ...proof(result, bundle));
      parts.push(element("h2", {}, say("history")), element("p", { class: "soft small" }, readable));
    } else {
      parts.push(element("h2", {}, say("history")));
    }
    const broken = result.error && result.error.version;
    parts.push(element("ol", { class: "steps" }, ...body.facts.map((fact) => step(fact, body, result.withheld || [], broken))));
    if (!result.error) parts.push(element("p", { class: "soft small" }, say("tail")));
  } catch {
    // What was altered may be too broken to be shown; the verdict above says so already.
  }
  const page = document.getElementById("page");
  page.replaceChildren(...parts);
  page.dataset.verdict = result.error ? "altered" : result.signed ? "good" : "unsigned";
}

async function begin() {
  const text = document.getElementById("bundle").textContent;
  document.getElementById("page").textContent = say("working");
  let bundle = null;
  let result;
  try {
    result = await checkBundle(text);
  } catch (error) {
    result = { error };
  }
  try {
    bundle = JSON.parse(text);
  } catch {
    bundle = null;
  }
  show(bundle, result);
}

window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
begin();
