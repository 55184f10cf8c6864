// The chat of this page. Words are shown as text and never read as markup. docs/channels/chat.md says what is said.
(() => {
  const tag = document.currentScript, { key, identity } = tag.dataset;
  const url = tag.src.replace(/^http/, "ws").replace(/\/widget\.js.*$/, ""), place = "eender:" + url;
  const t = (/^nl/.test(document.documentElement.lang || navigator.language)
    ? "Chat met ons|Uw bericht|Versturen|Geen verbinding|Nu niet beschikbaar|Wij: |U: | (niet verstuurd)"
    : "Chat with us|Your message|Send|No connection|Not available now|We: |You: | (not sent)").split("|");
  // Who is logged in leaves nothing behind once the tab is closed.
  const box = identity ? sessionStorage : localStorage;
  let state, socket, ready, tries = 0, timer, last = 0, held;

  // Read anew each time: other tabs write, too.
  function change(how) {
    try { held = box.getItem(place) ?? held; } catch {}
    state = { seen: 0, read: 0, queue: [], log: [], ...(held && JSON.parse(held)) };
    if (how) {
      how(state);
      state.log = state.log.slice(-100);
      held = JSON.stringify(state);
      try { box.setItem(place, held); } catch {}
    }
    for (const { id, me, text, bad, files } of state.log) {
      const isNew = !shown.has(id), item = isNew ? make("li", list) : shown.get(id);
      const words = t[me ? 6 : 5] + text + (bad ? t[7] : "");
      if (item.firstChild?.data !== words) item.replaceChildren(words, ...(files ?? []).flatMap(linked));
      item.style.opacity = waits(state, id) ? 0.7 : 1;
      shown.set(id, item);
      if (isNew) list.scrollTop = 1e9;
    }
  }

  const waits = (s, id) => s.queue.some((one) => one.id === id);
  const linked = ({ name, url }) => !/^https?:/.test(url) ? [] : [" ", Object.assign(document.createElement("a"),
    { href: url, textContent: name, target: "_blank", rel: "noopener noreferrer" })];
  function make(name, parent, props) { return parent.appendChild(Object.assign(document.createElement(name), props)); }
  const root = make("div", document.body).attachShadow({ mode: "open" }), shown = new Map();
  make("style", root, { textContent: `:host{position:fixed;right:1rem;bottom:1rem;z-index:9999;font:1rem sans-serif}
section{width:20rem;background:#fff;color:#111;border:1px solid;padding:.5rem}
ol{list-style:none;margin:0;padding:0;height:16rem;overflow:auto}li{white-space:pre-wrap;overflow-wrap:anywhere}
textarea{width:100%;box-sizing:border-box}:focus-visible{outline:3px solid #05f}` });
  const panel = make("section", root, { id: "panel", hidden: true, role: "dialog", ariaLabel: t[0] });
  const list = make("ol", panel, { role: "log", ariaLive: "polite", ariaLabel: t[0], tabIndex: 0 });
  const note = make("p", panel, { role: "status" });
  const form = make("form", panel);
  make("label", form, { htmlFor: "say", textContent: t[1] });
  const input = make("textarea", form, { id: "say", maxLength: 4000, required: true });
  make("button", form, { textContent: t[2] });
  const opener = make("button", root, { id: "open", textContent: t[0], ariaExpanded: false });

  function send(frame) { if (socket.readyState === 1) socket.send(JSON.stringify(frame)); }
  // One at a time, so that they arrive in order.
  function flush() {
    clearTimeout(timer);
    if (ready && state.queue[0]) send({ type: "message", ...state.queue[0] });
  }
  function read() {
    if (panel.hidden || document.hidden || state.read >= state.seen) return;
    change((s) => { s.read = s.seen; });
    if (ready) send({ type: "read", seq: state.read });
  }
  const on = {
    welcome({ visitor, signed, session, token }) {
      ready = true; tries = 0; note.textContent = "";
      change((s) => {
        if (visitor === s.visitor) return;
        // Somebody else, or one who is not known any more: what a person who was logged in left unsent is not theirs.
        if (s.signed) s.queue = [];
        const log = s.log.filter((each) => waits(s, each.id));
        Object.assign(s, { visitor, signed, session, token, seen: 0, read: 0, log });
        shown.clear(); list.textContent = "";
      });
      flush(); read();
    },
    accepted({ id }) { change((s) => { s.queue = s.queue.filter((one) => one.id !== id); }); flush(); },
    message({ seq, id, text, files }) {
      change((s) => { if (seq > s.seen) { s.seen = seq; s.log.push({ id, text, files }); } });
      send({ type: "delivered", seq }); read();
    },
    ping() { send({ type: "pong" }); },
    error({ id, retry_after_ms }) {
      clearTimeout(timer);
      if (retry_after_ms) timer = setTimeout(flush, retry_after_ms);
      else if (id) {
        change((s) => { for (const one of s.log) if (one.id === id) one.bad = 1; });
        on.accepted({ id });
      }
    },
  };
  (function connect() {
    socket = new WebSocket(url);
    socket.onopen = () => {
      change();
      const { visitor, session, token, seen, read } = state;
      send({ type: "hello", v: 1, widget_key: key, identity, visitor, session, token, seen, read });
    };
    socket.onmessage = ({ data }) => { last = Date.now(); data = JSON.parse(data); on[data.type]?.(data); };
    socket.onclose = ({ code }) => {
      const refused = code === 4401;
      ready = last = 0; note.textContent = t[refused ? 4 : 3];
      if (!refused) setTimeout(connect, Math.min(30000, 500 * 2 ** tries++) * (1 + Math.random()) / 2);
    };
  })();
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = input.value.trim(), id = crypto.getRandomValues(new Uint32Array(4)).join("-");
    if (text) change((s) => { s.queue.push({ id, text }); s.log.push({ id, text, me: 1 }); });
    input.value = ""; flush();
  };
  opener.onclick = () => {
    panel.hidden = !panel.hidden; opener.ariaExpanded = !panel.hidden;
    (panel.hidden ? opener : input).focus(); read();
  };
  panel.onkeydown = ({ key }) => { if (key === "Escape") opener.click(); };
  document.addEventListener("visibilitychange", read);
  addEventListener("storage", () => change());
  setInterval(() => { if (last && Date.now() - last > 70000) socket.close(); }, 5000);
  change();
})();
