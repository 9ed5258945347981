// SPDX-License-Identifier: Apache-2.0
// Asks the agent.

const TIMEOUT_MS = 5000;

// The agent refused a parameter; the message says which, and what would be right.
export class Refused extends Error {}

// Returns the answer of api/v1/PATH. Throws Refused, or another Error if there is no answer.
export async function ask(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch("api/v1/" + path + (query ? "?" + query : ""), {cache: "no-store", signal})
    .catch((error) => { throw signal.aborted ? new Error(`it took more than ${TIMEOUT_MS / 1000} s`) : error; });
  if (response.ok) return response.json();
  if (response.headers.get("Content-Type") === "application/json") throw new Refused((await response.json()).error);
  throw new Error(`the agent answered with status ${response.status}`);
}
