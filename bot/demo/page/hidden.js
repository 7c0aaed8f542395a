// The resident's name, number and phone beside the groups that never get them: looked for in every message they hold.
import { html } from './vendor/htm-preact/htm-preact.js';
import { Icon } from './icons.js';
import { directionOf } from './text.js';
import { residentNow, t, world } from './world.js';

const factsOf = (person) => [
  ['hidden_name', person.name],
  ['hidden_username', `@${person.username}`],
  ['hidden_phone', person.phone],
  ['hidden_id', String(person.id)],
];

function groupMessages() {
  const groups = [world.cast.province, ...world.cast.forums].map(({ chat_id }) => world.chats.get(chat_id));
  return groups.flatMap((chat) => chat?.messages ?? []).filter((message) => message.from.side === 'bot');
}

const holds = (messages, value) => messages.some((message) => JSON.stringify(message).includes(value.replace(/^@/, '')));

export function Hidden() {
  const person = residentNow();
  const messages = groupMessages();
  const facts = factsOf(person).map(([key, value]) => ({ key, value, leaked: holds(messages, value) }));
  const leaks = facts.filter((fact) => fact.leaked).length;
  return html`
    <section class="hidden-facts" aria-labelledby="hidden-title">
      <h2 id="hidden-title"><${Icon} name="lock" />${t('hidden_title')}</h2>
      <dl>
        ${facts.map(({ key, value, leaked }) => html`
          <div key=${key} class=${leaked ? 'leaked' : ''}><dt>${t(key)}</dt><dd><bdi dir=${directionOf(value)}>${value}</bdi></dd></div>`)}
      </dl>
      <p class=${leaks ? 'leaked' : 'clean'}>${leaks ? t('hidden_leak', { count: leaks }) : t('hidden_clean', { count: messages.length })}</p>
    </section>`;
}
