// SPDX-License-Identifier: Apache-2.0
// Which services and edges fail now: those on which connections are stalled, or attempts failed a moment ago. The agent's
// `recent` is about one second, so it misses most of an attempt every few seconds. So the page remembers for a while.
import {failed} from "./account.js";

const SECONDS = 10;

export class FailureMemory {
  constructor() {
    this.known = new Map();  // from key to {failed, time}: the number of failures, and when it last grew, or -Infinity
  }

  // Sets `failsNow` of the accounts of an answer. keyOf(account) identifies one in all answers; time is the answer's.
  mark(accounts, time, keyOf) {
    const now = new Map();
    for (const account of accounts) {
      const before = this.known.get(keyOf(account));
      const grew = before ? failed(account) > before.failed
                          : Boolean(account.recent && account.recent.connections_failed_per_second > 0);
      const last = grew ? time : before ? before.time : -Infinity;
      now.set(keyOf(account), {failed: failed(account), time: last});
      account.failsNow = account.connections_stalled > 0 || time - last < SECONDS;
    }
    this.known = now;
  }
}
