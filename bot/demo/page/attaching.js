// What can be sent besides words: samples, a place, a card, a file of one's own, a recording.
import { html, useEffect, useRef, useState } from './vendor/htm-preact/htm-preact.js';
import { Icon } from './icons.js';
import { along } from './keys.js';
import { lasting } from './text.js';
import { inBase64, sample } from './server.js';
import { residentNow, t, toast, world } from './world.js';

const LARGEST = 20_000_000; // bytes a bot may fetch
const PHOTOS = ['water.jpg', 'street.jpg', 'bridge.jpg'];
let turn = 0;

const kindOfFile = (file) => {
  if (file.type === 'image/jpeg' || file.type === 'image/png') return 'photo';
  if (file.type.startsWith('video/')) return 'video';
  if (file.type.startsWith('audio/')) return 'audio';
  return 'document';
};

const ready = {
  photo: async () => ({ data: await sample(PHOTOS[turn++ % PHOTOS.length]), name: 'IMG_20260314_071502.jpg' }),
  video: async () => ({ data: await sample('river.mp4'), name: 'VID_20260314_071530.mp4', mime: 'video/mp4', duration: 4 }),
  album: async () => ({ items: await Promise.all(PHOTOS.map(async (name) => ({ kind: 'photo', data: await sample(name) }))) }),
  contact: async () => ({ phone: residentNow().phone, name: residentNow().name }),
};

function Towns({ give }) {
  return html`
    <div class="towns" role="group" aria-label=${t('location')}>
      ${world.cast.forums.map((forum) => html`
        <button type="button" onClick=${() => give('location', forum.centre)}>
          <${Icon} name="location" /><bdi>${forum.names[world.language]}</bdi>
        </button>`)}
    </div>`;
}

export function Attachments({ column, give }) {
  const [towns, setTowns] = useState(false);
  const file = useRef(null);
  const send = (kind) => async () => give(kind, await ready[kind]());
  const own = async (event) => {
    const [chosen] = event.target.files;
    if (!chosen) return;
    if (chosen.size > LARGEST) return toast(column, t('too_big'), false);
    await give(kindOfFile(chosen), { data: await inBase64(chosen), name: chosen.name, mime: chosen.type || 'application/octet-stream' });
  };
  const kinds = ['photo', 'album', 'video', ...(column === 'phone' ? ['contact'] : [])];
  return html`
    <div class="sheet grid" role="group" aria-label=${t('attach')} onKeyDown=${along}>
      ${kinds.map((kind) => html`
        <button type="button" onClick=${send(kind)}><span class="round"><${Icon} name=${kind} /></span>${t(kind)}</button>`)}
      <button type="button" onClick=${() => setTowns(!towns)} aria-expanded=${towns}>
        <span class="round"><${Icon} name="location" /></span>${t('location')}
      </button>
      <button type="button" onClick=${() => file.current.click()}>
        <span class="round"><${Icon} name="document" /></span>${t('own_file')}
      </button>
      <input ref=${file} type="file" hidden onChange=${own} />
      ${towns && html`<${Towns} give=${give} />`}
    </div>`;
}

// Stands for the phone's recorder: time runs, and a ready voice note is sent.
export function Recording({ give, discard }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const running = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(running);
  }, []);
  const send = async () => give('voice', { data: await sample('voice.ogg'), duration: 6 });
  return html`
    <div class="recording">
      <span class="lamp" aria-hidden="true"></span>
      <span class="lasting">${lasting(seconds)}</span>
      <span class="what" role="status">${t('recording')}</span>
      <button type="button" class="plain" onClick=${discard}>${t('discard')}</button>
      <button type="button" class="round go" onClick=${send} aria-label=${t('send')}><${Icon} name="send" /></button>
    </div>`;
}
