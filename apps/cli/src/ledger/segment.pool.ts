import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SegmentOrder, SegmentReport } from '@imprimatur/formats/ledger';
import { UsageError } from '../usage.error.js';
import type { LogPlace } from './log.place.js';
import type { SegmentAnswer } from './segment.messages.js';

interface Waiting {
  readonly resolve: (report: SegmentReport) => void;
  readonly reject: (error: Error) => void;
}

/** Threads that walk stretches of one log, each several in turn. */
export class SegmentPool {
  private readonly threads: Worker[];
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor(
    place: LogPlace,
    count: number,
    private readonly progress: (entries: number) => void,
  ) {
    this.threads = Array.from({ length: count }, () => this.start(place));
  }

  run(order: SegmentOrder): Promise<SegmentReport> {
    const id = this.asked;
    this.asked += 1;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.threads[id % this.threads.length]?.postMessage({ id, order });
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private start(place: LogPlace): Worker {
    const thread = new Worker(join(__dirname, 'segment.thread.js'), { workerData: place });
    thread.on('message', (answer: SegmentAnswer) => this.hear(answer));
    thread.on('error', (error) => this.fail(error));
    thread.on('exit', () => this.fail(new Error('a thread that checks the log ended before its time')));
    return thread;
  }

  private hear(answer: SegmentAnswer): void {
    if ('progress' in answer) return this.progress(answer.progress);
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('report' in answer) waiting?.resolve(answer.report);
    else waiting?.reject(new UsageError(answer.failed));
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
