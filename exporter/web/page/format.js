// SPDX-License-Identifier: Apache-2.0
// Numbers with their units, as the top view shows them.
import {state} from "./state.js";

const UNKNOWN = "–";

const BYTES = {base: 1024, units: ["B", "KB", "MB", "GB", "TB"]};
const RATES = {base: 1024, units: ["B/s", "KB/s", "MB/s", "GB/s"]};
const BIT_RATES = {base: 1000, units: ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]};
const rates = () => state.bits ? BIT_RATES : RATES;
const perByte = () => state.bits ? 8 : 1;

const power = (value, {base, units}) => {
  let unit = 0;
  for (; value >= base && unit < units.length - 1; ++unit) value /= base;
  return unit;
};

function scaled(value, scale) {
  const unit = power(value, scale);
  value /= scale.base ** unit;
  return (unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)) + " " + scale.units[unit];
}

export const bytes = (value) => scaled(value, BYTES);

// Of bytes per second, in the unit that the user chose.
export const rate = (value) => scaled(value * perByte(), rates());

// The bytes per second that one unit stands for, in a text of rate(value).
export const rateUnit = (value) => rates().base ** power(value * perByte(), rates()) / perByte();

// A time that is short, such as a round trip.
export function delay(seconds) {
  if (seconds === null || seconds === undefined) return UNKNOWN;
  if (seconds < 0.01) return (seconds * 1000).toFixed(2) + " ms";
  if (seconds >= 10) return seconds.toFixed(1) + " s";
  return (seconds < 0.1 ? (seconds * 1000).toFixed(1) : Math.round(seconds * 1000)) + " ms";
}

export function duration(seconds) {
  seconds = Math.max(0, Math.floor(seconds));
  if (seconds < 120) return seconds + " s";
  if (seconds < 7200) return Math.floor(seconds / 60) + " min";
  return seconds < 172800 ? Math.floor(seconds / 3600) + " h" : Math.floor(seconds / 86400) + " d";
}

// Of a share between 0 and 1; null if nothing is known.
export function percent(share) {
  if (share === null || share === undefined) return UNKNOWN;
  if (share === 0) return "0 %";
  return share < 0.001 ? "<0.1 %" : (100 * share).toFixed(share < 0.1 ? 1 : 0) + " %";
}

// Of a count per second.
export const perSecond = (value) => `${value < 10 ? Math.round(10 * value) / 10 : Math.round(value)}/s`;

export const count = (number, one, many = one + "s") => `${number} ${number === 1 ? one : many}`;
