import { EditingService } from '@imprimatur/domain/editing';
import { type NewSimulation, SimulationService } from '@imprimatur/domain/policies';
import type { PastQuestion } from '@imprimatur/formats/policy';
import { type Context, ok, type Result } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

const PAGE = 500;

type Period = Pick<NewSimulation, 'since' | 'until'>;

/** The questions that gates asked in a time, for simulations elsewhere. */
@Injectable()
export class QuestionStream {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly simulations: SimulationService,
    private readonly editing: EditingService,
  ) {}

  /** Pages, oldest first, each read when it is asked for. Who takes them along is on record before the first is. */
  async begin(context: Context, period: Period): Promise<Result<AsyncGenerator<readonly PastQuestion[]>>> {
    const begun = await this.unitOfWork.write(context, (write) => this.simulations.exportQuestions(write, period));
    return begun.ok ? ok(this.pages(context, period)) : begun;
  }

  private async *pages(context: Context, period: Period): AsyncGenerator<readonly PastQuestion[]> {
    let after: { readonly at: Date; readonly verdict: string } | null = null;
    for (;;) {
      const wanted: Parameters<EditingService['pastQuestions']>[1] = { ...period, after, first: PAGE };
      const page = await this.unitOfWork.read(context, (read) => this.editing.pastQuestions(read, wanted));
      const last = page.at(-1);
      if (!last) return;
      yield page;
      after = { at: last.at, verdict: last.verdict };
    }
  }
}
