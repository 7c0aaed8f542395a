// The bot's answer to a pressed button: a line that fades, or a notice that waits for OK.
import { html, useEffect, useRef } from './vendor/htm-preact/htm-preact.js';
import { directionOf, languageOf } from './text.js';
import { dismiss, t, world } from './world.js';

function Alert({ toast }) {
  const dialog = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    // Closing has given the focus back already; who has moved on since must not be called back.
    return () => { if (document.activeElement === document.body) before?.focus?.(); };
  }, []);
  const close = () => dismiss(toast.number);
  return html`
    <dialog ref=${dialog} role="alertdialog" aria-label=${t('notice')} onClose=${close} lang=${languageOf(toast.text)} dir=${directionOf(toast.text)}>
      <p>${toast.text}</p>
      <button type="button" class="entry" lang=${world.language} onClick=${() => dialog.current.close()}>${t('ok')}</button>
    </dialog>`;
}

export function Toasts({ column }) {
  const mine = world.toasts.filter((toast) => toast.column === column);
  return html`
    <div class="toasts" role="status">
      ${mine.filter((toast) => !toast.alert).map((toast) => html`
        <p key=${toast.number} class="toast" lang=${languageOf(toast.text)} dir=${directionOf(toast.text)}>${toast.text}</p>`)}
    </div>
    ${mine.filter((toast) => toast.alert).map((toast) => html`<${Alert} key=${toast.number} toast=${toast} />`)}`;
}
