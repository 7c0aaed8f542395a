// One of the three conversations: who is looking, what was said, and where to write.
import { html, useEffect, useLayoutEffect, useRef, useState } from './vendor/htm-preact/htm-preact.js';
import { Bubble, isMine } from './bubble.js';
import { Composer, Suggested } from './composer.js';
import { amongMessages } from './keys.js';
import { Service } from './service.js';
import { dayKey, dayOf, directionOf } from './text.js';
import { Toasts } from './toasts.js';
import { changed, chatOf, perform, personOf, t, world } from './world.js';
import { Head, memberNow } from './head.js';

// Messages of one album become one entry, which shows at the place of the first.
function entries(messages) {
  const found = [];
  for (const message of messages) {
    const last = found[found.length - 1];
    if (last && message.album && last[0].album === message.album && last[0].from.id === message.from.id) last.push(message);
    else found.push([message]);
  }
  return found;
}

function Day({ seconds }) {
  const today = dayKey(Date.now() / 1000) === dayKey(seconds);
  return html`<p class="day"><span>${today ? t('today') : dayOf(seconds, world.language)}</span></p>`;
}

// Keeps the newest message in sight, unless somebody reads further up; what one has just sent is always shown.
function useBottom(messages, person) {
  const log = useRef(null);
  const near = useRef(true);
  const newest = messages[messages.length - 1];
  useLayoutEffect(() => { if (newest && isMine(newest, person)) near.current = true; }, [newest?.id]);
  useLayoutEffect(() => {
    if (near.current && log.current) log.current.scrollTop = log.current.scrollHeight;
  });
  useEffect(() => {
    // Pictures grow after they were put in place.
    const settled = new ResizeObserver(() => { if (near.current) log.current.scrollTop = log.current.scrollHeight; });
    settled.observe(log.current.firstElementChild);
    return () => settled.disconnect();
  }, []);
  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = log.current;
    near.current = scrollHeight - scrollTop - clientHeight < 80;
  };
  return [log, scrolled];
}

function Empty({ column }) {
  if (column !== 'phone') return html`<p class="empty">${t(column === 'forum' ? 'empty_group' : 'empty_province')}</p>`;
  const about = world.own.phone?.bot.description;
  return html`
    <div class="empty">
      <img src="/logo.svg" alt="" width="64" height="64" />
      <strong>${t('product')}</strong>
      ${about && html`<p dir=${directionOf(about)}>${about}</p>`}
    </div>`;
}

function Log({ column, chat, reply, edit }) {
  const person = personOf(column);
  const [focused, setFocused] = useState(null);
  const [log, scrolled] = useBottom(chat.messages, person);
  const shown = entries(chat.messages);
  const known = shown.some(([message]) => message.id === focused);
  const current = known ? focused : shown.at(-1)?.[0].id;
  const follow = (id) => {
    const target = document.getElementById(`${column}-${id}`);
    target?.focus();
    target?.scrollIntoView({ block: 'center' });
  };
  const left = (event) => { if (!log.current.contains(event.relatedTarget)) setFocused(null); };
  let day = '';
  return html`
    <div class="log" role="log" aria-live="polite" aria-label=${t(column)} tabindex="0" ref=${log}
      onScroll=${scrolled} onKeyDown=${amongMessages} onFocusOut=${left}>
      <div class="lines">
        ${shown.length === 0 && html`<${Empty} column=${column} />`}
        ${shown.map((album) => {
          const [message] = album;
          const newDay = dayKey(message.time) !== day;
          day = dayKey(message.time);
          return html`
            ${newDay && html`<${Day} key=${day} seconds=${message.time} />`}
            ${message.service
              ? html`<${Service} key=${message.id} message=${message} />`
              : html`<${Bubble} key=${message.id} column=${column} message=${message} album=${album} person=${person}
                  current=${current === message.id} reply=${reply} edit=${edit} follow=${follow} focused=${setFocused} />`}`;
        })}
      </div>
    </div>`;
}

// Instead of the line to write in: a way in for who is outside.
function Outside({ column, chat }) {
  if (column === 'phone' && chat.messages.length === 0) {
    return html`<button type="button" class="entry" onClick=${() => perform('phone', 'start')}>${t('start')}</button>`;
  }
  const resident = column === 'phone' && world.people.get(world.chosen.resident);
  if (resident?.blocked) {
    return html`<div class="outside"><span>${t('blocked')}</span>
      <button type="button" class="entry" onClick=${() => perform('phone', 'unblock')}>${t('unblock')}</button></div>`;
  }
  if (column !== 'phone' && !chat.members.some((member) => member.id === personOf(column))) {
    return html`<div class="outside"><span>${t('not_member')}</span>
      <button type="button" class="entry" onClick=${() => perform(column, 'join')}>${t('join')}</button></div>`;
  }
  return null;
}

export function Column({ column }) {
  const chat = chatOf(column);
  const [aim, setAim] = useState(null);
  useEffect(() => setAim(null), [chat?.id, personOf(column)]);
  const newest = chat?.messages.at(-1);
  useEffect(() => {
    // A forced reply opens by itself, for those it is meant for.
    const asked = newest?.asks_reply;
    if (asked && (asked.everybody || asked.only === personOf(column))) setAim({ message: newest, edit: false });
  }, [newest?.id, newest?.chat_id]);
  useEffect(() => {
    // What is on show counts as seen.
    if (world.tab === column && chat && world.seen[column] !== chat.messages.length) {
      world.seen[column] = chat.messages.length;
      changed();
    }
  });
  if (!chat) return html`<section class=${`column ${column}`}><p class="empty">${t('loading')}</p></section>`;
  const outside = Outside({ column, chat });
  return html`
    <section class=${`column ${column}`} id=${`column-${column}`} aria-labelledby=${`title-${column}`}>
      <${Head} column=${column} chat=${chat} />
      <div class="talk">
        <${Log} key=${chat.id} column=${column} chat=${chat} reply=${(message) => setAim({ message, edit: false })}
          edit=${(message) => setAim({ message, edit: true })} />
        <${Toasts} column=${column} />
      </div>
      ${outside ?? html`
        ${chat.keyboard && column === 'phone' && html`<${Suggested} column=${column} keyboard=${chat.keyboard} />`}
        <${Composer} key=${`${chat.id}-${personOf(column)}`} column=${column} chat=${chat} commands=${world.own[column]?.commands ?? []} aim=${aim} setAim=${setAim}
          anonymous=${memberNow(column)?.role === 'anonymous'} />`}
    </section>`;
}
