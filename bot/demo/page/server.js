// The page's way to its server: what people do, what the world looks like, and what changes in it.

async function ask(path, body) {
  const asked = body === undefined ? {} : {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = await fetch(path, asked);
  const read = await answer.json();
  if (!answer.ok) throw new Error(read.error ?? answer.statusText);
  return read;
}

export const loadWorld = (as) => ask(as === undefined ? '/world/state' : `/world/state?as=${as}`);
export const loadConsole = () => ask('/console/state');
export const killBot = () => ask('/console/kill', {});
export const letPass = (seconds) => ask('/console/clock', { advance: seconds });
export const switchNetwork = (up) => ask('/console/network', { up });

// A person does something. `chat` is null for their own talk with the bot.
export const act = (as, verb, chat, details = {}) =>
  ask('/world/act', { as, do: verb, ...(chat === null ? {} : { chat }), ...details });

const KINDS = ['message', 'edited', 'deleted', 'chat', 'pressed', 'toast', 'typing', 'person', 'bot', 'network', 'counters', 'crowd'];

// Calls `hear(kind, body)` for every change. The browser connects again by itself; `connected(true)` asks for a fresh look then.
export function listen(hear, connected) {
  const source = new EventSource('/world/events');
  source.onopen = () => connected(true);
  source.onerror = () => connected(false);
  for (const kind of KINDS) source.addEventListener(kind, (event) => hear(kind, JSON.parse(event.data)));
  return () => source.close();
}

export async function inBase64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export const sample = async (name) => inBase64(await (await fetch(`/samples/${name}`)).blob());
