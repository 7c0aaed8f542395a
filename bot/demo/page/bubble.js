// One message as a chat app draws it, with what can be done to it.
import { html } from './vendor/htm-preact/htm-preact.js';
import { Icon } from './icons.js';
import { along } from './keys.js';
import { Album, ContactCard, Media, Place, Poll, kindOf } from './media.js';
import { directionOf, formatted, languageOf, shortened, timeOf } from './text.js';
import { isPressed, press, t } from './world.js';

const NAMED = new Set(['forum', 'province']); // where many write, a message says whose it is

export const isMine = (message, person) => message.from.id === person;

export const summaryOf = (message) => shortened(message.text) || kindOf(message);

function Quote({ quoted, follow }) {
  return html`
    <button type="button" class="quote" tabindex="-1" onClick=${() => follow(quoted.id)}>
      <strong><bdi>${quoted.name}</bdi></strong>
      <span dir="auto">${shortened(quoted.text) || '…'}</span>
    </button>`;
}

function Keyboard({ column, message, tabbable }) {
  return html`
    <div class="inline-keyboard" role="group" aria-label=${t('buttons_of')} onKeyDown=${along}>
      ${message.buttons.map((row, number) => html`
        <div class="row" key=${number}>
          ${row.map((button) => {
            const busy = isPressed(message, button);
            const shared = { class: busy ? 'busy' : '', tabindex: tabbable ? 0 : -1, dir: directionOf(button.text) };
            if (button.kind === 'url') {
              return html`<a ...${shared} href=${button.url} target="_blank" rel="noreferrer noopener"><bdi>${button.text}</bdi></a>`;
            }
            const done = () => (button.kind === 'copy' ? navigator.clipboard?.writeText(button.text) : press(column, message, button));
            return html`
              <button type="button" key=${button.id} ...${shared} lang=${languageOf(button.text)} aria-busy=${busy} onClick=${done}>
                <bdi>${button.text}</bdi>
              </button>`;
          })}
        </div>`)}
    </div>`;
}

function Footing({ message, mine }) {
  return html`
    <span class="footing">
      ${message.protected && html`<span class="lock" title=${t('protected')}><${Icon} name="lock" /><span class="unseen">${t('protected')}</span></span>`}
      ${message.edited && html`<span>${t('edited')}</span>`}
      <time datetime=${new Date(message.time * 1000).toISOString()} dir="ltr">${timeOf(message.time)}</time>
      ${mine && html`<span class="tick"><${Icon} name="check" /></span>`}
    </span>`;
}

function Carried({ message, album }) {
  if (album.length > 1) return html`<${Album} messages=${album} />`;
  return html`
    ${message.media && html`<${Media} media=${message.media} />`}
    ${message.location && html`<${Place} location=${message.location} venue=${message.venue} />`}
    ${message.contact && html`<${ContactCard} contact=${message.contact} />`}
    ${message.poll && html`<${Poll} poll=${message.poll} />`}`;
}

function Actions({ message, mine, tabbable, reply, edit }) {
  const text = summaryOf(message);
  const tab = tabbable ? 0 : -1;
  return html`
    <span class="actions">
      ${mine && message.text && html`
        <button type="button" tabindex=${tab} onClick=${() => edit(message)} aria-label=${t('edit_this', { text })} title=${t('edit')}>
          <${Icon} name="edit" />
        </button>`}
      <button type="button" tabindex=${tab} onClick=${() => reply(message)} aria-label=${t('reply_to', { text })} title=${t('reply')}>
        <${Icon} name="reply" />
      </button>
    </span>`;
}

// A colour for each name in a group, the same every time.
const tintOf = (id) => `name tint-${Math.abs(id) % 6}`;

function Words({ message }) {
  return html`
    <p class="words" lang=${languageOf(message.text)} dir=${directionOf(message.text)}>
      ${formatted(message.text, message.entities)}
    </p>`;
}

// `album` holds the messages sent together with this one, itself included; `current` says that Tab stops at its buttons. Without
// `reply` it can only be looked at, and its buttons pressed.
export function Bubble({ column, message, album, person, current, reply, edit, follow, focused }) {
  const mine = isMine(message, person);
  const fromBot = message.from.side === 'bot';
  const clicked = (event) => {
    if (reply && !event.target.closest('button, a, input, video') && !String(getSelection())) reply(message);
  };
  const carriers = album.filter((one) => one.text);
  return html`
    <article class=${`message ${mine ? 'mine' : 'theirs'} ${fromBot ? 'from-bot' : ''}`} id=${`${column}-${message.id}`}
      tabindex=${current ? 0 : -1} onFocusIn=${() => focused?.(message.id)}>
      <div class="said">
        <div class=${`bubble ${message.media && !message.text ? 'bare' : ''}`} onClick=${clicked}>
          ${NAMED.has(column) && !mine
            ? html`<p class=${tintOf(message.from.id)}><bdi>${message.from.name}</bdi> ${fromBot && html`<small>${t('bot')}</small>`}</p>`
            : html`<span class="unseen">${mine ? t('you') : message.from.name}: </span>`}
          ${message.forwarded && html`<p class="forwarded">${t('forwarded', { name: message.forwarded })}</p>`}
          ${message.reply_to && html`<${Quote} quoted=${message.reply_to} follow=${follow} />`}
          <${Carried} message=${message} album=${album} />
          ${carriers.map((one) => html`<${Words} key=${one.id} message=${one} />`)}
          <${Footing} message=${album[album.length - 1]} mine=${mine} />
        </div>
        ${reply && html`<${Actions} message=${message} mine=${mine} tabbable=${current} reply=${reply} edit=${edit} />`}
      </div>
      ${message.buttons.length > 0 && html`<${Keyboard} column=${column} message=${message} tabbable=${current} />`}
    </article>`;
}
