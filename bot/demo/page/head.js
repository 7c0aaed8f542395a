// The top of a conversation: whose it is, and as whom one looks at it.
import { html } from './vendor/htm-preact/htm-preact.js';
import { Icon } from './icons.js';
import { choose, forumNow, perform, personOf, t, world } from './world.js';

const LANGUAGE_NAMES = { ar: 'العربية', ckb: 'کوردی', en: 'English', tr: 'Türkmen' };
const PERSON = { phone: 'resident', forum: 'member', province: 'coordinator' };

const peopleOf = (column) =>
  ({ phone: () => world.cast.residents, forum: () => forumNow().members, province: () => world.cast.province.members })[column]();

export const memberNow = (column) => peopleOf(column).find((person) => person.id === personOf(column));

const nameOf = (column, person) =>
  (column === 'phone' ? `${person.name} · ${LANGUAGE_NAMES[person.language]}` : t(`role_${person.role}`, { name: person.name }));

function Chooser({ label, id, value, options, chosen }) {
  return html`
    <label class="chooser" for=${id}><span>${label}</span>
      <select id=${id} value=${String(value)} onChange=${(event) => chosen(event.target.value)}>
        ${options.map(([key, text]) => html`<option key=${key} value=${String(key)} selected=${key === value}>${text}</option>`)}
      </select>
    </label>`;
}

function subtitle(column, chat) {
  if (world.typing.has(chat.id)) return t('typing');
  if (column === 'phone') return t('bot');
  return t('members', { count: chat.members.length });
}

// What a person may do to the whole conversation: turn their back on it.
function Parting({ column, chat }) {
  if (column === 'phone') {
    if (chat.messages.length === 0 || world.people.get(personOf(column))?.blocked) return null;
    return html`<button type="button" class="parting" onClick=${() => perform(column, 'block')}>${t('block')}</button>`;
  }
  if (!chat.members.some((member) => member.id === personOf(column))) return null;
  return html`<button type="button" class="parting" onClick=${() => perform(column, 'leave')}>${t('leave')}</button>`;
}

export function Head({ column, chat }) {
  const title = column === 'phone' ? (world.own.phone?.bot.name ?? world.bot.name) : chat.title;
  return html`
    <header class="head">
      <div class="whose">
        <span class="avatar" aria-hidden="true">${column === 'phone' ? html`<img src="/logo.svg" alt="" />` : [...chat.title.trim()][0]}</span>
        <div class="names">
          <h2 id=${`title-${column}`}>${t(column)}</h2>
          <strong><bdi>${title}</bdi> <small>${subtitle(column, chat)}</small></strong>
        </div>
        <${Parting} column=${column} chat=${chat} />
        <span class="kind"><${Icon} name=${column} /></span>
      </div>
      <div class="choosers">
        ${column === 'forum' && html`
          <${Chooser} label=${t('which_forum')} id="choose-district" value=${world.chosen.district}
            options=${world.cast.forums.map((forum) => [forum.district, forum.names[world.language]])}
            chosen=${(district) => choose('district', district)} />`}
        <${Chooser} label=${t('you_are')} id=${`choose-${column}`} value=${personOf(column)}
          options=${peopleOf(column).map((person) => [person.id, nameOf(column, person)])}
          chosen=${(id) => choose(PERSON[column], Number(id))} />
      </div>
    </header>`;
}
