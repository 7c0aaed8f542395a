// All the page knows, in one place. `useWorld()` draws a component again when something changed.
import { useEffect, useState } from './vendor/htm-preact/htm-preact.js';
import { act, killBot, letPass, listen, loadConsole, loadWorld, switchNetwork } from './server.js';
import { firstLanguage, recall, remember, sentence } from './words.js';

const TYPING_FOR = 5000; // ms, as Telegram's apps show it
const PRESS_FOR = 20000; // ms until a pressed button that got no answer stops turning
const TOAST_FOR = 5000; // ms

export const world = {
  ready: false,
  connected: false,
  language: firstLanguage(),
  tab: recall('tab') ?? 'phone',
  cast: null,
  console: { bot: 'starting', restarts: 0, last_words: '' },
  chats: new Map(),
  people: new Map(),
  bot: null,
  network: true,
  counters: { calls: 0, refused: 0, violations: 0, waiting: 0 },
  crowd: null,
  meanwhile: { count: 0, slowest: 0 },
  chosen: { resident: null, district: null, member: null, coordinator: null },
  typing: new Map(),
  pressed: new Map(),
  toasts: [],
  own: {},
  seen: { phone: 0, forum: 0, province: 0 },
  story: null,
};

const watchers = new Set();
let drawing = false;

export function changed() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => { drawing = false; for (const draw of watchers) draw(); });
}

export function useWorld() {
  const [, draw] = useState(0);
  useEffect(() => {
    const again = () => draw((count) => count + 1);
    watchers.add(again);
    return () => watchers.delete(again);
  }, []);
  return world;
}

export const t = (key, values) => sentence(world.language, key, values);

export function speak(language) {
  world.language = language;
  remember('language', language);
  changed();
}

export function choose(what, id) {
  world.chosen[what] = id;
  if (what === 'district') world.chosen.member = forumNow().members[0].id;
  changed();
  refreshOwn();
}

export function show(tab) {
  world.tab = tab;
  remember('tab', tab);
  changed();
}

export const hasCrowd = () => world.crowd !== null && world.cast.faces.length > 0;
export const tabNow = () => (world.tab === 'crowd' && !hasCrowd() ? 'phone' : world.tab);
export const amount = (count) => count.toLocaleString('en');

export const forumNow = () => world.cast.forums.find((forum) => forum.district === world.chosen.district);
export const residentNow = () => world.cast.residents.find((person) => person.id === world.chosen.resident);

export function chatOf(column) {
  const id = { phone: world.chosen.resident, forum: forumNow().chat_id, province: world.cast.province.chat_id }[column];
  return world.chats.get(id ?? faceOf(column)?.id);
}

export const channelNow = () => world.chats.get(forumNow().channel_id);

// The phones of the crowd are columns too: "face-ar", "face-ckb", "face-en".
const faceOf = (column) => world.cast.faces.find((face) => column === `face-${face.language}`);

export const personOf = (column) =>
  ({ phone: world.chosen.resident, forum: world.chosen.member, province: world.chosen.coordinator })[column] ?? faceOf(column)?.id;

const allColumns = () => ['phone', 'forum', 'province', ...world.cast.faces.map((face) => `face-${face.language}`)];

// What people do

export async function perform(column, verb, details = {}) {
  const isPrivate = column === 'phone' || faceOf(column) !== undefined;
  const chat = isPrivate ? null : chatOf(column).id;
  if (isPrivate) asked.set(personOf(column), performance.now());
  try {
    return await act(personOf(column), verb, chat, details);
  } catch (error) {
    toast(column, t('failed', { text: error.message }), false);
    return null;
  }
}

export async function press(column, message, button) {
  const answer = await perform(column, 'press', { message_id: message.id, button: button.id });
  if (!answer?.callback_id || answered.delete(answer.callback_id)) return;
  world.pressed.set(answer.callback_id, `${message.chat_id}/${message.id}/${button.id}`);
  setTimeout(() => { if (world.pressed.delete(answer.callback_id)) changed(); }, PRESS_FOR);
  changed();
}

export const isPressed = (message, button) =>
  [...world.pressed.values()].includes(`${message.chat_id}/${message.id}/${button.id}`);

// Opens the talk in which a broadcast is written.
export async function begin() {
  show('province');
  await perform('province', 'command', { text: '/broadcast' });
  document.querySelector('.province .log')?.focus();
}

let toastNumber = 0;

export function toast(column, text, alert) {
  const shown = { number: ++toastNumber, column, text, alert };
  world.toasts = [...world.toasts.filter((one) => one.alert || one.column !== column), shown];
  if (!alert) setTimeout(() => dismiss(shown.number), TOAST_FOR);
  changed();
}

export function dismiss(number) {
  world.toasts = world.toasts.filter((one) => one.number !== number);
  changed();
}

// Misfortunes. What the server refuses is seen in the state it is in; a server that is gone is told in the strip.

async function befall(story, misfortune) {
  try {
    world.console = { ...world.console, ...await misfortune() };
    world.network = world.console.network;
    world.story = story;
  } catch {
    await refreshConsole().catch(() => { world.connected = false; });
  }
  changed();
}

export const kill = () => befall('story_killed', killBot);
export const passHour = () => befall('story_hour', () => letPass(3600));
// Reminders fall due a day before a session, promises days after it.
export const passDay = () => befall('story_day', () => letPass(24 * 3600));
export const cutNetwork = (cut) => befall(cut ? 'story_cut' : null, () => switchNetwork(!cut));

// What changes in the world

const asked = new Map(); // when somebody last did something in their private talk, by chat

// While a broadcast is on its way: how long a resident waited for an answer. What a dead or cut-off bot owes is not its doing.
function answeredMeanwhile(message) {
  const since = asked.get(message.chat_id);
  if (since === undefined || message.from.side !== 'bot') return;
  asked.delete(message.chat_id);
  if (!world.crowd || world.crowd.rate < 0.5 || world.console.bot !== 'running' || !world.network) return;
  const seconds = (performance.now() - since) / 1000;
  world.meanwhile = { count: world.meanwhile.count + 1, slowest: Math.max(world.meanwhile.slowest, seconds) };
}

const answered = new Set(); // answers to presses that came before the press itself was confirmed

function put(message) {
  const chat = world.chats.get(message.chat_id);
  if (!chat) return;
  const at = chat.messages.findIndex((known) => known.id === message.id);
  chat.messages = at < 0 ? [...chat.messages, message] : chat.messages.map((known, i) => (i === at ? message : known));
}

const hearing = {
  message({ message }) {
    put(message);
    answeredMeanwhile(message);
    if (message.from.side === 'bot') world.typing.delete(message.chat_id);
  },
  edited({ message }) {
    put(message);
    answeredMeanwhile(message);
  },
  deleted({ chat_id, message_ids }) {
    const chat = world.chats.get(chat_id);
    if (chat) chat.messages = chat.messages.filter((message) => !message_ids.includes(message.id));
  },
  chat({ chat_id, chat }) {
    if (!chat) return refreshOwn(); // the bot's menus, which belong to no one chat
    if (chat.id !== chat_id) return refresh(); // a group that became a supergroup
    const known = world.chats.get(chat_id);
    world.chats.set(chat_id, { ...known, ...chat, messages: known?.messages ?? [] });
  },
  toast({ chat_id, user_id, callback_id, text, alert }) {
    if (!world.pressed.delete(callback_id)) answered.add(callback_id);
    const column = allColumns().find((one) => personOf(one) === user_id && chatOf(one)?.id === chat_id);
    if (text && column) toast(column, text, alert);
  },
  typing({ chat_id }) {
    const since = Date.now();
    world.typing.set(chat_id, since);
    setTimeout(() => { if (world.typing.get(chat_id) === since) { world.typing.delete(chat_id); changed(); } }, TYPING_FOR);
  },
  person({ person }) { world.people.set(person.id, person); },
  bot({ up }) {
    world.bot = { ...world.bot, up };
    refreshConsole();
    refreshOwn();
  },
  network({ up }) { world.network = up; },
  crowd({ seq: _, ...crowd }) {
    const total = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (world.crowd && total(crowd.reached) < total(world.crowd.reached)) world.meanwhile = { count: 0, slowest: 0 };
    world.crowd = crowd;
  },
  counters({ seq: _, ...counters }) {
    world.counters = { ...world.counters, ...counters };
  },
};

function hear(kind, body) {
  hearing[kind]?.(body);
  tellStory();
  changed();
}

function tellStory() {
  const fine = world.bot?.up && world.network && world.counters.waiting === 0;
  if (world.story === 'story_killed' && fine && world.console.bot === 'running') world.story = 'story_back';
}

export async function refresh() {
  const seen = await loadWorld();
  world.bot = seen.bot;
  world.network = seen.network;
  world.counters = seen.counters;
  world.crowd = seen.crowd;
  world.people = new Map(seen.people.map((person) => [person.id, person]));
  world.chats = new Map(seen.chats.map((chat) => [chat.id, chat]));
  await refreshConsole();
  await refreshOwn();
}

// What depends on who looks: the bot's name and words about itself, and its menu, in that person's language.
async function refreshOwn() {
  if (!world.ready) return;
  const looks = ['phone', 'forum', 'province'].map(async (column) => {
    const { bot, chats } = await loadWorld(personOf(column));
    const commands = chats.find((chat) => chat.id === chatOf(column).id)?.commands ?? [];
    return [column, { bot, commands }];
  });
  world.own = Object.fromEntries(await Promise.all(looks));
  changed();
}

async function refreshConsole() {
  const { cast, ...state } = await loadConsole();
  world.console = state;
  world.cast = cast;
  world.chosen.resident ??= cast.residents.find((one) => one.language === world.language)?.id ?? cast.residents[0].id;
  world.chosen.district ??= cast.forums[0].district;
  world.chosen.member ??= forumNow().members[0].id;
  world.chosen.coordinator ??= cast.province.members[0].id;
  world.ready = true;
  tellStory();
  changed();
}

export function live() {
  const again = () => refresh().catch(() => { world.connected = false; changed(); });
  listen(hear, (up) => {
    world.connected = up;
    if (up) again();
    changed();
  });
  setInterval(() => { if (world.console.bot !== 'running') refreshConsole().catch(() => {}); }, 1000);
}
