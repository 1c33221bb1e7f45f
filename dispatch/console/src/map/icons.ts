/** Draws the marks of the map: agency is shape (circle EMS, square fire, diamond law), status is
 * colour, hollow is holding, a broken rim is an old fix; an incident is a triangle with its number. */

import type { Discipline, StatusCode } from "../api/model";
import { HOLLOW } from "../board/status";
import type { Theme } from "../shell/theme";

export const STATUS_COLOUR: Record<StatusCode, string> = {
  AV: "#35C9A0",
  DP: "#F2E25C",
  ER: "#3D8BFF",
  ST: "#FF9052",
  OS: "#FF9052",
  TR: "#F9A8E8",
  AH: "#F9A8E8",
  OOS: "#8595A6",
};

const INK = "#0B1016";
const SCALE = 2;

export function unitIcon(discipline: Discipline, code: StatusCode, old: boolean, advised: boolean) {
  return `unit|${discipline}|${code}|${old ? "old" : "fresh"}|${advised ? "advised" : "plain"}`;
}

export function incidentIcon(priority: number, waiting: boolean) {
  return `incident|${Math.min(priority, 9)}|${waiting ? "waiting" : "worked"}`;
}

/** The picture of that name at twice its size, or null for a name that is not ours. */
export function drawIcon(name: string, theme: Theme): { image: ImageData; ratio: number } | null {
  const parts = name.split("|");
  if (parts[0] === "unit") {
    const [, discipline, code, age, advised] = parts as [string, Discipline, StatusCode, string, string];
    return drawUnit(discipline, code, age === "old", advised === "advised", theme);
  }
  if (parts[0] === "incident") {
    return drawIncident(Number(parts[1]), parts[2] === "waiting", theme);
  }
  if (parts[0] === "pin") return drawPin(theme);
  return null;
}

function canvasOf(size: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * SCALE;
  const pen = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  pen.scale(SCALE, SCALE);
  pen.translate(size / 2, size / 2);
  pen.lineJoin = "round";
  return pen;
}

function done(pen: CanvasRenderingContext2D, size: number) {
  return { image: pen.getImageData(0, 0, size * SCALE, size * SCALE), ratio: SCALE };
}

function outline(pen: CanvasRenderingContext2D, discipline: Discipline, r: number): void {
  pen.beginPath();
  if (discipline === "ems") pen.arc(0, 0, r, 0, Math.PI * 2);
  else if (discipline === "fire") pen.rect(-r * 0.9, -r * 0.9, r * 1.8, r * 1.8);
  else {
    const d = r * 1.22;
    pen.moveTo(0, -d);
    pen.lineTo(d, 0);
    pen.lineTo(0, d);
    pen.lineTo(-d, 0);
    pen.closePath();
  }
}

function drawUnit(
  discipline: Discipline,
  code: StatusCode,
  old: boolean,
  advised: boolean,
  theme: Theme,
) {
  const size = 30;
  const pen = canvasOf(size);
  const colour = STATUS_COLOUR[code];
  if (advised) {
    outline(pen, discipline, 10.5);
    pen.strokeStyle = theme === "night" ? "#FFD84D" : "#0B57D0";
    pen.lineWidth = 2.2;
    pen.stroke();
  }
  outline(pen, discipline, 6);
  if (HOLLOW.has(code)) {
    pen.fillStyle = INK;
    pen.fill();
    pen.strokeStyle = colour;
    pen.lineWidth = 2.4;
  } else {
    pen.fillStyle = old ? INK : colour;
    pen.fill();
    pen.strokeStyle = old ? colour : INK;
    pen.lineWidth = old ? 2 : 1.4;
  }
  if (old) pen.setLineDash([2.6, 2]);
  pen.stroke();
  return done(pen, size);
}

function drawIncident(priority: number, waiting: boolean, theme: Theme) {
  const size = 32;
  const pen = canvasOf(size);
  const red = theme === "night" ? "#E81E36" : "#C4001A";
  const paper = theme === "night" ? "#121A23" : "#FFFFFF";
  const ink = theme === "night" ? "#E8EEF4" : "#10181F";
  pen.beginPath();
  pen.moveTo(0, -12);
  pen.lineTo(12.5, 9.5);
  pen.lineTo(-12.5, 9.5);
  pen.closePath();
  pen.lineWidth = 2.2;
  const actNow = waiting && priority === 1;
  pen.fillStyle = actNow ? red : waiting ? ink : paper;
  pen.fill();
  pen.strokeStyle = actNow ? "#FFFFFF" : priority === 1 ? red : ink;
  pen.stroke();
  pen.fillStyle = actNow ? "#FFFFFF" : waiting ? paper : ink;
  pen.font = '600 12px "IBM Plex Sans", sans-serif';
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(String(priority), 0, 3);
  return done(pen, size);
}

function drawPin(theme: Theme) {
  const size = 40;
  const pen = canvasOf(size);
  pen.strokeStyle = theme === "night" ? "#FFD84D" : "#0B57D0";
  pen.lineWidth = 2.4;
  pen.beginPath();
  pen.arc(0, 0, 9, 0, Math.PI * 2);
  pen.moveTo(0, -16);
  pen.lineTo(0, -5);
  pen.moveTo(0, 5);
  pen.lineTo(0, 16);
  pen.moveTo(-16, 0);
  pen.lineTo(-5, 0);
  pen.moveTo(5, 0);
  pen.lineTo(16, 0);
  pen.stroke();
  return done(pen, size);
}
