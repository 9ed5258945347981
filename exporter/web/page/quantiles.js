// SPDX-License-Identifier: Apache-2.0
// Quantiles of response times from the buckets of api/v1/edges (docs/openapi.json: Buckets). Buckets only grow, so what
// came between two answers is their difference. The agent's history has no buckets, so this begins when it is made.

const NAMES = {p50: 0.5, p95: 0.95, p99: 0.99};

// The counts by number of the bucket, in buckets as coarse as `scale` says.
function countsOf({first, counts, scale: own}, scale) {
  const result = new Map();
  counts.forEach((count, i) => {
    const number = (first + i) >> (own - scale);
    if (count > 0) result.set(number, (result.get(number) || 0) + count);
  });
  return result;
}

// What came between two answers, as {low, high, count}: the bounds of a bucket, as powers of 2. `earlier` may be missing.
function growth(earlier, later) {
  const scale = Math.min(later.scale, earlier ? earlier.scale : later.scale);
  const before = earlier ? countsOf(earlier, scale) : new Map();
  const grown = [...countsOf(later, scale)].map(([number, count]) =>
    ({low: number / 2 ** scale, high: (number + 1) / 2 ** scale, count: count - (before.get(number) || 0)}));
  grown.push({low: -Infinity, high: -Infinity, count: later.zeros - (earlier ? earlier.zeros : 0)});
  return grown.filter(({count}) => count > 0);
}

// Buckets in their order; those with the same bounds become one.
function addUp(buckets) {
  const same = d3.group(buckets, ({low, high}) => `${low} ${high}`);
  return [...same.values()].map((some) => ({...some[0], count: d3.sum(some, ({count}) => count)}))
    .sort((a, b) => a.low - b.low || a.high - b.high);
}

// Returns {p50, p95, p99} in seconds, or null without a value. As the agent does, it takes the values of a bucket to be
// spread evenly over their logarithms.
function quantilesOf(buckets) {
  const sorted = addUp(buckets);
  const all = d3.sum(sorted, ({count}) => count);
  if (all === 0) return null;
  return Object.fromEntries(Object.entries(NAMES).map(([name, share]) => {
    let below = 0;
    const {low, high, count} = sorted.find((bucket) => (below += bucket.count) >= share * all);
    return [name, high === -Infinity ? 0 : 2 ** (high - (high - low) * (below - share * all) / count)];
  }));
}

// Of all that these edges have counted.
export const quantilesOfEdges = (edges) => quantilesOf(edges.flatMap((edge) => growth(null, edge.response_buckets)));

// The quantiles over time. A sample tells of the `window` seconds before it; samples are kept for `seconds`.
export class QuantileHistory {
  constructor(window, seconds) {
    Object.assign(this, {window, seconds, earlier: null, earlierTime: 0, recent: [], samples: []});
  }

  // edges: those of an answer. keyOf(edge) identifies an edge in all answers.
  add(edges, time, keyOf) {
    const now = new Map(edges.map((edge) => [`${keyOf(edge)} ${edge.start_time}`, edge.response_buckets]));
    // After a pause, such as one that the user made, nobody knows which values are of the last seconds.
    if (this.earlier && time - this.earlierTime <= this.window) {
      this.recent.push({time, buckets: [...now].flatMap(([key, later]) => growth(this.earlier.get(key), later))});
      this.recent = this.recent.filter((one) => one.time > time - this.window);
      this.samples.push({time, quantiles: quantilesOf(this.recent.flatMap(({buckets}) => buckets))});
      this.samples = this.samples.filter((one) => one.time > time - this.seconds);
    }
    this.earlier = now;
    this.earlierTime = time;
  }

  // The quantiles around a time; null if they are not known. On a busy machine, samples are some seconds apart.
  at(time) {
    const after = d3.bisector((sample) => sample.time).left(this.samples, time);
    const near = this.samples.slice(Math.max(0, after - 1), after + 1)
      .filter((sample) => Math.abs(sample.time - time) <= this.window / 2);
    return near.length ? near[d3.minIndex(near, (sample) => Math.abs(sample.time - time))].quantiles : null;
  }
}
