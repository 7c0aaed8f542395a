// What Telegram itself notes in a chat: who came and went.
import { html } from './vendor/htm-preact/htm-preact.js';
import { t } from './world.js';

const KNOWN = new Set(['joined', 'left', 'pinned', 'migrated', 'topic', 'title']);

export function Service({ message }) {
  if (!KNOWN.has(message.service)) return null;
  return html`<p class="day"><span>${t(`service_${message.service}`, { name: message.from.name })}</span></p>`;
}
