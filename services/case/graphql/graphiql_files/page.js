// GraphiQL with a token box. Nothing is fetched but from this origin; the token stays in this tab.
'use strict';

const box = document.getElementById('token');
const purpose = document.getElementById('purpose');
const chosen = document.getElementById('example');
const said = document.getElementById('said');
const root = ReactDOM.createRoot(document.getElementById('graphiql'));

function headers(accept) {
  const told = { 'content-type': 'application/json', accept, 'eender-client': 'graphiql' };
  if (box.value) told.authorization = 'Bearer ' + box.value.trim();
  if (purpose.value) told['eender-purpose'] = purpose.value.trim();
  return told;
}

function ask(params, accept, signal) {
  return fetch('/graphql', { method: 'POST', headers: headers(accept), body: JSON.stringify(params), signal });
}

async function answer(params) {
  const response = await ask(params, 'application/graphql-response+json, application/json;q=0.9');
  said.textContent = response.status === 401 ? 'No answers without a good token.' : '';
  return response.json();
}

// Server-sent events, one subscription per request: each item as it comes, until the stream or the reader ends.
async function* events(params) {
  const leaving = new AbortController();
  try {
    const response = await ask(params, 'text/event-stream', leaving.signal);
    if (!(response.headers.get('content-type') || '').startsWith('text/event-stream')) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const whole = (rest + part.value).split('\n\n');
      rest = whole.pop();
      for (const event of whole) {
        const data = event.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
        if (data) yield JSON.parse(data);
      }
    }
  } finally {
    leaving.abort();
  }
}

function isSubscription(params) {
  const named = params.operationName ? '\\s+' + params.operationName + '\\b' : '';
  return new RegExp('(^|[}\\s])subscription' + named).test(params.query);
}

function fetcher(params) {
  return isSubscription(params) ? events(params) : answer(params);
}

function show(examples, first) {
  const tabs = first ? [{ query: first.query, variables: first.variables }] : undefined;
  root.render(React.createElement(GraphiQL, {
    key: box.value + purpose.value + (first ? first.name : ''),
    fetcher,
    defaultTabs: tabs,
    storage: { getItem: () => null, setItem: () => {}, removeItem: () => {}, clear: () => {}, length: 0 },
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
  }));
}

async function begin() {
  box.value = sessionStorage.getItem('eender-token') || '';
  const examples = await (await fetch('/graphiql/examples.json')).json();
  for (const example of examples) chosen.add(new Option(example.name, example.name));
  const current = () => examples.find((example) => example.name === chosen.value) || examples[0];
  document.getElementById('who').addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem('eender-token', box.value);
    show(examples, current());
  });
  chosen.addEventListener('change', () => show(examples, current()));
  show(examples, current());
}

begin();
