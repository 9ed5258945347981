// SPDX-License-Identifier: Apache-2.0
// The last ten minutes, second by second, as api/v1/history tells them: at first all, and then what is new.
// Response times are kept by the number of their bucket (docs/openapi.json: response_buckets).
import {ask} from "./api.js";

export const HISTORY_SECONDS = 600;

// What some seconds counted together. buckets: from the number of a bucket to its count.
class Sum {
  counts = {};
  buckets = new Map();

  // times: 1 to add the second, -1 to take it away.
  add({counts, buckets}, times) {
    for (const [name, count] of Object.entries(counts)) this.counts[name] = (this.counts[name] || 0) + times * count;
    if (!buckets) return;
    buckets.counts.forEach((count, i) => {
      const number = buckets.first + i;
      this.buckets.set(number, (this.buckets.get(number) || 0) + times * count);
    });
  }
}

export class History {
  // parameters: those of the request, such as {server: "192.0.2.1:443"}; of: the member of the answer with the sums.
  constructor(parameters, of) {
    this.parameters = parameters;
    this.of = of;
    this.start = null;  // of the capture: another agent, or another start, has another history
    this.seconds = [];  // {time, length, counts, buckets}, oldest first; time is the end, length is in seconds
    this.asking = null; // the promise of an update that has not ended
  }

  get end() {
    return this.seconds.length ? this.seconds[this.seconds.length - 1].time : 0;
  }

  // Two questions at once would get the same seconds, so the second caller waits for the answer to the first.
  update() {
    if (!this.asking) this.asking = this.ask().finally(() => { this.asking = null; });
    return this.asking;
  }

  async ask() {
    const answer = await ask("history", {...this.parameters, limit: 0, since: this.end});
    if (answer.capture_start_time !== this.start) {
      const isFirst = this.start === null;
      this.start = answer.capture_start_time;
      this.seconds = [];
      if (!isFirst) return this.ask();
    }
    const {response_buckets: buckets = [], ...series} = answer[this.of];
    const bucketsOf = new Map(buckets.map(([second, first, ...counts]) => [second, {first, counts}]));
    let begin = answer.begin_time;
    answer.end_times.forEach((time, i) => {
      this.seconds.push({time, length: time - begin, buckets: bucketsOf.get(i), counts: Object.fromEntries(
        Object.entries(series).map(([name, values]) => [name, values[i]]))});
      begin = time;
    });
    this.seconds = this.seconds.filter(({time}) => time > this.end - HISTORY_SECONDS);
  }

  // Points for a TimeChart. values(counts, length, buckets) gives the values of a point, from counts and response times
  // that are summed up over the point's second and those before it, `window` seconds in all.
  points(window, values) {
    const sum = new Sum();
    let length = 0;
    let first = 0;
    return this.seconds.map((second) => {
      sum.add(second, 1);
      length += second.length;
      while (length > window && this.seconds[first] !== second) {
        const old = this.seconds[first++];
        sum.add(old, -1);
        length -= old.length;
      }
      return {time: second.time, values: values(sum.counts, length, sum.buckets)};
    });
  }

  // Over how many seconds a chart goes: over those that are known, but not over fewer than a minute.
  get span() {
    return this.seconds.length ? Math.max(60, this.end - this.seconds[0].time) : HISTORY_SECONDS;
  }

  // {counts, buckets} of all of the time together.
  total() {
    const sum = new Sum();
    for (const second of this.seconds) sum.add(second, 1);
    return sum;
  }
}
