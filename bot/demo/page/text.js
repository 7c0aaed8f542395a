// Words as a chat app shows them: their language and direction, links, bold, times.
import { html } from './vendor/htm-preact/htm-preact.js';
import { MONTHS } from './words.js';

const KURDISH = /[ەێۆڕڵڤ]/u;
const ARABIC = /[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc]/u;
const STRONG = /[A-Za-z\u00c0-\u024f\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc]/u;

// The language a screen reader should read a text in, and the direction of its first letter.
export function languageOf(text) {
  if (KURDISH.test(text)) return 'ckb';
  return ARABIC.test(text) ? 'ar' : 'en';
}

export function directionOf(text) {
  const first = STRONG.exec(text);
  return first && ARABIC.test(first[0]) ? 'rtl' : 'ltr';
}

const TAGS = { bold: 'strong', italic: 'em', underline: 'u', strikethrough: 's', code: 'code', pre: 'code', blockquote: 'q' };

function marked(entity, children) {
  if (entity.type === 'text_link') return html`<a href=${entity.url} rel="noreferrer noopener" target="_blank">${children}</a>`;
  if (entity.type === 'phone_number') return html`<a href=${`tel:${children}`}><bdi dir="ltr">${children}</bdi></a>`;
  if (entity.type === 'url') return html`<bdi dir="ltr" class="link">${children}</bdi>`;
  if (['bot_command', 'hashtag', 'mention', 'email'].includes(entity.type)) return html`<bdi class="link">${children}</bdi>`;
  const tag = TAGS[entity.type];
  return tag ? html`<${tag}>${children}<//>` : children;
}

// Entities count in UTF-16 units, as JavaScript's strings do. Nested ones are drawn inside the outer one.
export function formatted(text, entities = [], from = 0, to = text.length) {
  const inside = entities.filter(({ offset, length }) => offset >= from && offset + length <= to)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  const parts = [];
  let at = from;
  for (const entity of inside) {
    if (entity.offset < at) continue;
    parts.push(text.slice(at, entity.offset));
    const end = entity.offset + entity.length;
    const rest = inside.filter((other) => other !== entity);
    parts.push(marked(entity, formatted(text, rest, entity.offset, end)));
    at = end;
  }
  parts.push(text.slice(at, to));
  return parts.length === 1 ? parts[0] : parts;
}

export function shortened(text, most = 60) {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

const zone = 'Asia/Baghdad';
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone });
const isoDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone });

export const timeOf = (seconds) => clockTime.format(seconds * 1000);
export const dayKey = (seconds) => isoDay.format(seconds * 1000);

export function dayOf(seconds, language) {
  const [, month, day] = dayKey(seconds).split('-').map(Number);
  return `${day} ${MONTHS[language][month - 1]}`;
}

export const lasting = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
