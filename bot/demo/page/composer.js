// Where a person writes: text, a reply, an edit, something attached, the bot's menu, its suggested answers.
import { html, useEffect, useLayoutEffect, useRef, useState } from './vendor/htm-preact/htm-preact.js';
import { Attachments, Recording } from './attaching.js';
import { Icon } from './icons.js';
import { along, onEscape } from './keys.js';
import { directionOf } from './text.js';
import { perform, t } from './world.js';
import { summaryOf } from './bubble.js';

function Aimed({ aim, leave }) {
  const title = aim.edit ? t('editing') : t('replying_to', { name: aim.message.from.name });
  return html`
    <div class="aimed">
      <${Icon} name=${aim.edit ? 'edit' : 'reply'} />
      <span><strong>${title}</strong><span dir="auto">${summaryOf(aim.message)}</span></span>
      <button type="button" class="plain" onClick=${leave} aria-label=${t('cancel')}><${Icon} name="close" /></button>
    </div>`;
}

// The keyboard that the bot offers instead of the phone's own.
export function Suggested({ column, keyboard }) {
  const pressed = (button) => perform(column, 'press_keyboard', { label: button.text });
  return html`
    <div class="suggested" role="group" aria-label=${t('keyboard')} onKeyDown=${along}>
      ${keyboard.rows.map((row) => html`
        <div class="row">
          ${row.map((button) => html`
            <button type="button" onClick=${() => pressed(button)} dir=${directionOf(button.text)}>
              ${button.request_location && html`<${Icon} name="location" />`}
              ${button.request_contact && html`<${Icon} name="contact" />`}
              <bdi>${button.text}</bdi>
            </button>`)}
        </div>`)}
    </div>`;
}

function Commands({ column, commands, close }) {
  const run = (command) => { close(); perform(column, 'command', { text: `/${command}` }); };
  return html`
    <div class="sheet" role="group" aria-label=${t('commands')} onKeyDown=${along}>
      ${commands.map(({ command, description }) => html`
        <button type="button" onClick=${() => run(command)}>
          <bdi dir="ltr" class="command">/${command}</bdi><bdi>${description}</bdi>
        </button>`)}
    </div>`;
}

function firstButton(sheet) {
  sheet?.querySelector('button')?.focus();
}

export function Composer({ column, chat, commands, aim, setAim, anonymous }) {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(null); // 'attach' | 'commands' | 'record'
  const field = useRef(null);
  const below = useRef(null);
  useLayoutEffect(() => {
    // Before the screen is drawn: whoever types at once must not be overwritten.
    if (aim?.edit) setText(aim.message.text);
    if (aim) field.current?.focus();
  }, [aim]);
  useEffect(() => { if (open) firstButton(below.current); }, [open]);
  useEffect(() => {
    if (!field.current) return;
    field.current.style.height = ''; // an empty line keeps its own height, also while it is not on show
    if (text) field.current.style.height = `${Math.min(field.current.scrollHeight + 2, 140)}px`;
  }, [text]);

  const how = { ...(anonymous ? { anonymous: true } : {}), ...(aim && !aim.edit ? { reply_to: aim.message.id } : {}) };
  const unlessNew = (now) => (now === aim ? null : now); // the answer may come, and aim anew, before the sending is confirmed
  const leave = () => {
    if (open) return setOpen(null);
    if (aim?.edit) setText('');
    setAim(null);
  };
  const send = async (event) => {
    event?.preventDefault();
    const words = text.trim();
    if (!words) return;
    const done = aim?.edit
      ? await perform(column, 'edit', { message_id: aim.message.id, text: words })
      : await perform(column, 'send', { text: words, ...how });
    if (!done) return;
    setText((now) => (now.trim() === words ? '' : now));
    setAim(unlessNew);
    field.current?.focus();
  };
  const give = async (verb, details) => {
    setOpen(null);
    field.current?.focus();
    if (await perform(column, verb, { ...details, ...how })) setAim(unlessNew);
  };
  const keyed = (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event);
  };
  const toggle = (what) => () => setOpen(open === what ? null : what);
  const label = `${t('write')} (${t(column)})`;
  return html`
    <div class="composer" onKeyDown=${onEscape(leave)}>
      ${aim && html`<${Aimed} aim=${aim} leave=${leave} />`}
      <div ref=${below}>
        ${open === 'attach' && html`<${Attachments} column=${column} give=${give} />`}
        ${open === 'commands' && html`<${Commands} column=${column} commands=${commands} close=${toggle('commands')} />`}
        ${open === 'record' && html`<${Recording} give=${give} discard=${() => { setOpen(null); field.current?.focus(); }} />`}
      </div>
      ${open !== 'record' && html`
        <form class="line" onSubmit=${send}>
          ${commands.length > 0 && html`
            <button type="button" class="plain" onClick=${toggle('commands')} aria-expanded=${open === 'commands'} aria-label=${t('commands')}>
              <${Icon} name="menu" />
            </button>`}
          <textarea ref=${field} rows="1" value=${text} aria-label=${label} placeholder=${chat.keyboard?.placeholder || t('message')}
            dir=${text ? directionOf(text) : undefined} maxlength="4096" onInput=${(event) => setText(event.target.value)} onKeyDown=${keyed}></textarea>
          <button type="button" class="plain" onClick=${toggle('attach')} aria-expanded=${open === 'attach'} aria-label=${t('attach')}>
            <${Icon} name="attach" />
          </button>
          ${text.trim()
            ? html`<button type="submit" class="round go" aria-label=${t(aim?.edit ? 'save' : 'send')}><${Icon} name=${aim?.edit ? 'check' : 'send'} /></button>`
            : html`<button type="button" class="round go" onClick=${toggle('record')} aria-label=${t('record')}><${Icon} name="mic" /></button>`}
        </form>`}
    </div>`;
}
