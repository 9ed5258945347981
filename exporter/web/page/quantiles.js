// SPDX-License-Identifier: Apache-2.0
// Quantiles of response times.

const NAMES = {p50: 0.5, p95: 0.95, p99: 0.99};

// buckets: [{low, high, count}], whose bounds are powers of 2. Returns {p50, p95, p99} in seconds, or null without a value.
// As the agent does, it takes the values of a bucket to be spread evenly over their logarithms.
function quantilesOf(buckets) {
  const sorted = buckets.filter(({count}) => count > 0).sort((a, b) => a.low - b.low || a.high - b.high);
  const all = d3.sum(sorted, ({count}) => count);
  if (all === 0) return null;
  return Object.fromEntries(Object.entries(NAMES).map(([name, share]) => {
    let below = 0;
    const {low, high, count} = sorted.find((bucket) => (below += bucket.count) >= share * all);
    return [name, high === -Infinity ? 0 : 2 ** (high - (high - low) * (below - share * all) / count)];
  }));
}

// Of all that these edges of api/v1/edges have counted (docs/openapi.json: Buckets).
export const quantilesOfEdges = (edges) => quantilesOf(edges.flatMap(({response_buckets: {scale, zeros, first, counts}}) => [
  {low: -Infinity, high: -Infinity, count: zeros},
  ...counts.map((count, i) => ({low: (first + i) / 2 ** scale, high: (first + i + 1) / 2 ** scale, count}))]));

// Of the buckets of a History.
export const quantilesOfHistory = (buckets) =>
  quantilesOf([...buckets].map(([number, count]) => ({low: number / 2, high: (number + 1) / 2, count})));
