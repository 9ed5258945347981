// SPDX-License-Identifier: Apache-2.0
// The last ten minutes, second by second, as api/v1/history tells them: at first all, and then what is new.
import {ask} from "./api.js";

export const HISTORY_SECONDS = 600;

export class History {
  // parameters: those of the request, such as {server: "192.0.2.1:443"}; of: the member of the answer with the sums.
  constructor(parameters, of) {
    this.parameters = parameters;
    this.of = of;
    this.start = null;  // of the capture: another agent, or another start, has another history
    this.seconds = [];  // {time, length, counts}, oldest first; time is the end, length is in seconds
  }

  get end() {
    return this.seconds.length ? this.seconds[this.seconds.length - 1].time : 0;
  }

  async update() {
    const answer = await ask("history", {...this.parameters, limit: 0, since: this.end});
    if (answer.capture_start_time !== this.start) {
      const isFirst = this.start === null;
      this.start = answer.capture_start_time;
      this.seconds = [];
      if (!isFirst) return this.update();
    }
    const series = Object.entries(answer[this.of]);
    let begin = answer.begin_time;
    answer.end_times.forEach((time, i) => {
      this.seconds.push({time, length: time - begin, counts: Object.fromEntries(
        series.map(([name, values]) => [name, values[i]]))});
      begin = time;
    });
    this.seconds = this.seconds.filter(({time}) => time > this.end - HISTORY_SECONDS);
  }

  // Points for a TimeChart. values(counts, length, time) gives the values of a point, from counts that are summed up over
  // the point's second and those before it, `window` seconds in all.
  points(window, values) {
    const sum = {};
    let length = 0;
    let first = 0;
    return this.seconds.map((second) => {
      for (const [name, count] of Object.entries(second.counts)) sum[name] = (sum[name] || 0) + count;
      length += second.length;
      while (length > window && this.seconds[first] !== second) {
        const old = this.seconds[first++];
        for (const [name, count] of Object.entries(old.counts)) sum[name] -= count;
        length -= old.length;
      }
      return {time: second.time, values: values(sum, length, second.time)};
    });
  }

  // Over how many seconds a chart goes: over those that are known, but not over fewer than a minute.
  get span() {
    return this.seconds.length ? Math.max(60, this.end - this.seconds[0].time) : HISTORY_SECONDS;
  }

  // The counts of all of the time together.
  total() {
    const sum = {};
    for (const {counts} of this.seconds) {
      for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] || 0) + count;
    }
    return sum;
  }
}
