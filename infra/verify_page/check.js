// Checks a bundle with nothing but the bundle and this browser: what docs/audit.md tells, step by step.
"use strict";

const FORMAT = "eender.bundle.v1";
const FACT_LABEL = "eender.fact.v1";
const ED25519 = 1;
const AT_ONCE = 128;
const NAMESPACE = "5b0c3a0e-7d0f-5c0a-9f0e-0ee17de20001";
const utf8 = new TextEncoder();

class Altered extends Error {
  // `where`: the part that is not what was recorded; `version`: of the fact, where it is one.
  constructor(what, where, version) {
    super(what);
    this.what = what;
    this.where = where;
    this.version = version;
  }
}

function require(truth, what, where, version) {
  if (!truth) throw new Altered(what, where, version);
}

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const json = (bytes) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));

// JSON with its keys in order and no spaces: the one way in which a bundle is written.
function canonical(value) {
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return "{" + Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
}

function length4(count) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, count);
  return bytes;
}

// The hash of a fact: SHA-256 over ten parts, each after its length (infra/transparency.py says which).
async function factHash(previous, fact) {
  const parts = [
    utf8.encode(FACT_LABEL), previous, utf8.encode(fact.stream_id), utf8.encode(String(fact.version)),
    utf8.encode(fact.event_id), utf8.encode(fact.topic), utf8.encode(String(fact.recorded_at)),
    unbase64(fact.clear), unbase64(fact.meta), unbase64(fact.seals),
  ];
  return sha256(...parts.flatMap((part) => [length4(part.length), part]));
}

// The envelopes of a fact against the digests its hash covers; how many are withheld.
async function envelopes(fact) {
  const seals = json(unbase64(fact.seals));
  const frame = fact.sealed === null ? new Uint8Array(4 * seals.length) : unbase64(fact.sealed);
  let at = 0;
  let withheld = 0;
  for (const seal of seals) {
    require(frame.length >= at + 4, "envelope", "sealed", fact.version);
    const size = new DataView(frame.buffer).getUint32(at);
    const envelope = frame.slice(at + 4, at + 4 + size);
    at += 4 + size;
    if (size === 0) withheld += 1;
    else require(hex(await sha256(envelope)) === seal.digest, "envelope", "sealed", fact.version);
  }
  require(at === frame.length, "envelope", "sealed", fact.version);
  return withheld;
}

// Which versions the facts say are withheld: each is named by a later fact of the same stream.
function accountedFor(facts) {
  const named = facts.flatMap((fact) => {
    const { withheld } = json(unbase64(fact.clear));
    return Array.isArray(withheld) ? withheld.filter((version) => version > 0 && version < fact.version) : [];
  });
  return new Set(named);
}

// A node of the tree; neighbours share most of theirs, so each is hashed once.
const nodes = new Map();
function nodeHash(left, right) {
  const key = left + right;
  if (!nodes.has(key)) nodes.set(key, sha256(Uint8Array.of(1), unhex(left), unhex(right)).then(hex));
  return nodes.get(key);
}

// RFC 6962/9162: the root of a tree of `size` leaves in which this leaf stands at `index`; all hashes hexadecimal.
async function rootOf(leaf, index, size, path) {
  let [node, at, last] = [leaf, index, size - 1];
  for (const sibling of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      node = await nodeHash(sibling, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else {
      node = await nodeHash(node, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? node : null;
}

// C2SP tlog-checkpoint in a signed note: its text, the tree it speaks of, its signatures.
function parsedNote(note) {
  const cut = note.lastIndexOf("\n\n");
  require(cut > 0 && note.endsWith("\n"), "note", "checkpoint");
  const text = note.slice(0, cut + 1);
  const [origin, size, root] = text.split("\n");
  require(/^[1-9][0-9]*$/.test(size) && unbase64(root).length === 32, "note", "checkpoint");
  const signatures = note.slice(cut + 2, -1).split("\n").map((line) => {
    const found = /^\u2014 (\S+) (\S+)$/.exec(line);
    require(found, "note", "checkpoint");
    const bytes = unbase64(found[2]);
    return { name: found[1], keyHash: hex(bytes.slice(0, 4)), signature: bytes.slice(4) };
  });
  return { text, origin, size: Number(size), root: unbase64(root), signatures };
}

async function parsedKey(vkey) {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey);
  require(found, "key", "vkey");
  const key = unbase64(found[3]);
  require(key.length === 33 && key[0] === ED25519, "key", "vkey");
  require(hex((await sha256(utf8.encode(found[1] + "\n"), key)).slice(0, 4)) === found[2], "key", "vkey");
  return { name: found[1], keyHash: found[2], raw: key.slice(1) };
}

// Whether the note bears a good signature of that key; null where this browser knows no Ed25519.
async function signedBy(note, vkey) {
  const key = await parsedKey(vkey);
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return null;
  }
  const ours = note.signatures.filter((each) => each.name === key.name && each.keyHash === key.keyHash);
  require(ours.length > 0 && note.origin === key.name, "signature", "checkpoint");
  for (const each of ours) {
    const good = await crypto.subtle.verify({ name: "Ed25519" }, imported, each.signature, utf8.encode(note.text));
    require(good, "signature", "checkpoint");
  }
  return true;
}

// One fact, given the one before it; whether something of it is withheld.
async function checkFact(fact, before, note) {
  require(fact.stream_id === before.stream_id && fact.version === before.version + 1, "missing", "version", before.version + 1);
  const hash = await factHash(unhex(before.hash), fact);
  require(hex(hash) === fact.hash, "hash", "hash", fact.version);
  const withheld = await envelopes(fact);
  require(fact.position > 0 && fact.position <= note.size, "position", "position", fact.version);
  const leaf = hex(await sha256(Uint8Array.of(0), hash));
  const root = await rootOf(leaf, fact.position - 1, note.size, fact.inclusion_path);
  require(root === hex(note.root), "inclusion", "inclusion_path", fact.version);
  return withheld > 0;
}

async function checkFacts(body, note) {
  require(body.facts.length > 0, "case", "facts");
  const withheld = [];
  const positions = new Set();
  let before = { stream_id: body.case.id, version: 0, hash: "" };
  for (let first = 0; first < body.facts.length; first += AT_ONCE) {
    const some = body.facts.slice(first, first + AT_ONCE);
    // Each is checked against the hash that the one before says it has, which is checked itself: so many go at once.
    const checked = await Promise.allSettled(some.map((fact, at) => checkFact(fact, at ? some[at - 1] : before, note)));
    checked.forEach((each, at) => {
      if (each.status === "rejected") throw each.reason;
      if (each.value) withheld.push(some[at].version);
      require(!positions.has(some[at].position), "position", "position", some[at].version);
      positions.add(some[at].position);
    });
    before = some[some.length - 1];
  }
  require(json(unbase64(body.facts[0].clear)).number === body.case.number, "case", "case");
  const accounted = accountedFor(body.facts);
  for (const version of withheld) require(accounted.has(version), "withheld", "sealed", version);
  return withheld;
}

// An agent's id follows from the agent's ref: the UUID version 5 of it in our namespace.
async function agentId(ref) {
  const space = unhex(NAMESPACE.replace(/-/g, ""));
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", joined([space, utf8.encode("agent\u001f" + ref)]))).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// Everything there is to check, in order; throws Altered at the first place that is not right.
async function checkBundle(text) {
  let bundle;
  try {
    bundle = JSON.parse(text);
  } catch {
    throw new Altered("unreadable", "bundle");
  }
  require(bundle && bundle.format === FORMAT, "format", "format");
  require(canonical(bundle).replace(/</g, "\\u003c") === text, "form", "bundle");
  require(hex(await sha256(utf8.encode(canonical(bundle.body)))) === bundle.digest, "digest", "digest");
  const note = parsedNote(bundle.body.checkpoint);
  const withheld = await checkFacts(bundle.body, note);
  for (const [id, ref] of Object.entries(bundle.body.agents)) require((await agentId(ref)) === id, "agents", "agents");
  const signed = await signedBy(note, bundle.body.vkey);
  return { note, withheld, signed };
}
