// Photos, voice notes, videos, places, cards: what a message carries besides words.
import { html, useEffect, useRef, useState } from './vendor/htm-preact/htm-preact.js';
import { Icon } from './icons.js';
import { lasting } from './text.js';
import { t } from './world.js';

function Player({ media, label }) {
  const sound = useRef(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(media.duration || 0);
  useEffect(() => {
    const audio = sound.current;
    const known = () => { if (Number.isFinite(audio.duration)) setLength(audio.duration); };
    const moved = () => setAt(audio.currentTime);
    const stopped = () => setPlaying(false);
    const started = () => setPlaying(true);
    const hears = { loadedmetadata: known, timeupdate: moved, pause: stopped, ended: stopped, play: started };
    for (const [event, heard] of Object.entries(hears)) audio.addEventListener(event, heard);
    return () => { for (const [event, heard] of Object.entries(hears)) audio.removeEventListener(event, heard); };
  }, []);
  const toggle = () => {
    if (playing) return sound.current.pause();
    return sound.current.play().catch(() => setPlaying(false));
  };
  return html`
    <div class="player" dir="ltr">
      <audio ref=${sound} src=${media.url} preload="metadata"></audio>
      <button type="button" class="round" onClick=${toggle} aria-label=${`${t(playing ? 'pause' : 'play')}: ${label}`}>
        <${Icon} name=${playing ? 'pause' : 'play'} />
      </button>
      <input type="range" min="0" max=${length || 1} step="0.1" value=${at} aria-label=${t('position')}
        aria-valuetext=${`${lasting(at)} / ${lasting(length)}`}
        onInput=${(event) => { sound.current.currentTime = Number(event.target.value); setAt(Number(event.target.value)); }} />
      <span class="lasting">${lasting(at || length)}</span>
    </div>`;
}

function Photo({ media }) {
  const [large, setLarge] = useState(false);
  const shape = media.width && media.height ? { aspectRatio: `${media.width} / ${media.height}` } : {};
  return html`
    <button type="button" class=${large ? 'photo large' : 'photo'} style=${shape} aria-expanded=${large} aria-label=${t('photo')}
      onClick=${() => setLarge(!large)}>
      <img src=${media.url} alt="" loading="lazy" />
    </button>`;
}

const kilobytes = (size) => (size > 999_999 ? `${(size / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1000))} kB`);

const Document = ({ media }) => html`
  <a class="document" href=${media.url} download=${media.name || ''}>
    <span class="round"><${Icon} name="document" /></span>
    <span><bdi>${media.name || t('document')}</bdi><small dir="ltr">${kilobytes(media.size)}</small></span>
  </a>`;

export function Media({ media }) {
  if (media.kind === 'photo') return html`<${Photo} media=${media} />`;
  if (media.kind === 'sticker') return html`<img class="sticker" src=${media.url} alt=${t('sticker')} />`;
  if (media.kind === 'voice' || media.kind === 'audio') return html`<${Player} media=${media} label=${t(media.kind)} />`;
  if (media.kind === 'video' || media.kind === 'video_note') {
    return html`<video class=${media.kind} src=${media.url} controls playsinline preload="metadata" aria-label=${t(media.kind)}></video>`;
  }
  return html`<${Document} media=${media} />`;
}

export const Album = ({ messages }) => html`
  <div class="album" role="group" aria-label=${t('album')}>
    ${messages.map((message) => html`<${Media} key=${message.id} media=${message.media} />`)}
  </div>`;

const degrees = (place) => `${place.latitude.toFixed(4)}, ${place.longitude.toFixed(4)}`;

// No map is fetched from anywhere: a drawing stands for it, and the numbers say the rest.
export function Place({ location, venue }) {
  const name = venue ? venue.title : degrees(location);
  return html`
    <div class="place" role="img" aria-label=${t('location_of', { name })}>
      <svg viewBox="0 0 240 120" aria-hidden="true" focusable="false" preserveAspectRatio="xMidYMid slice">
        <rect class="land" width="240" height="120" />
        <path class="river" d="M-5 88C40 60 70 100 118 78S200 40 250 62" />
        <path class="road" d="M30-5 62 130M-5 30 250 8M150-5l22 130M-5 112l255-30" />
        <path class="pin" d="M120 74s20-17 20-33a20 20 0 0 0-40 0c0 16 20 33 20 33z" />
        <circle class="eye" cx="120" cy="41" r="7.500" />
      </svg>
      ${venue && html`<strong><bdi>${venue.title}</bdi></strong><span><bdi>${venue.address}</bdi></span>`}
      <small dir="ltr">${degrees(location)}</small>
    </div>`;
}

export const ContactCard = ({ contact }) => html`
  <div class="contact">
    <span class="round"><${Icon} name="contact" /></span>
    <span><strong><bdi>${contact.name}</bdi></strong><bdi dir="ltr">${contact.phone}</bdi></span>
  </div>`;

export const Poll = ({ poll }) => html`
  <div class="poll">
    <strong><bdi>${poll.question}</bdi></strong>
    <ul>${poll.options.map((option) => html`<li><bdi>${option}</bdi></li>`)}</ul>
  </div>`;

export function kindOf(message) {
  if (message.media) return t(message.media.kind);
  if (message.location) return t('location');
  if (message.contact) return t('contact_card');
  if (message.poll) return t('poll');
  return '';
}
