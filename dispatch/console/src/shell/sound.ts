/** One short tone at a time, made here: no file, no request. Browsers allow it after a first key or
 * click, so signing on is that gesture. */

let audio: AudioContext | null = null;
let busyUntil = 0;

/** Call from a key press or click. Returns whether sound can be heard from now on. */
export async function wakeSound(): Promise<boolean> {
  try {
    audio ??= new AudioContext();
    if (audio.state !== "running") await audio.resume();
    return audio.state === "running";
  } catch {
    return false;
  }
}

const TONES = {
  test: [660, 880],
  urgent: [988, 784, 988],
  notice: [660],
  assignment: [784, 988, 1175],
} as const;

export function play(name: keyof typeof TONES): void {
  if (!audio || audio.state !== "running") return;
  let at = audio.currentTime;
  if (at < busyUntil) return;
  for (const hertz of TONES[name]) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.type = "sine";
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(0.25, at + 0.015);
    level.gain.setValueAtTime(0.25, at + 0.13);
    level.gain.linearRampToValueAtTime(0, at + 0.17);
    tone.connect(level).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.18);
    at += 0.2;
  }
  busyUntil = at + 0.2;
}
