import { AssetService } from '@imprimatur/domain/assets';
import { Moderators, PictureEngine, ScreeningService } from '@imprimatur/domain/moderation';
import { type Context, Fault, type VersionId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import type { JobRun } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';

/** Looks at every picture once, when it arrives, so that no turn waits for it. */
@Injectable()
export class ScreeningFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly assets: AssetService,
    private readonly screenings: ScreeningService,
    private readonly engine: PictureEngine,
    private readonly moderators: Moderators,
  ) {}

  /**
   * The job `screening`. An engine that fails is tried again; after the last try the screening is failed, and gates hold. A moderator that is silent
   * now is asked again by the turn that needs it.
   */
  async screen(context: Context, version: VersionId, run: JobRun): Promise<void> {
    const picture = await this.unitOfWork.read(context, (read) => this.assets.picture(read, version));
    if (!picture.ok) throw new Fault({ room: 'gates', code: 'CONTENT_ERASED', message: 'the picture to be screened was erased' });
    const { bytes } = picture.value;
    const [seen, { verdicts }] = await Promise.all([
      this.engine.screen(bytes),
      this.moderators.judge(context.tenant, { kind: 'picture', bytes }),
    ]);
    const result = verdicts.length === 0 ? seen : { ...seen, moderators: verdicts };
    await this.unitOfWork.write(context, async (write) => {
      await this.assets.keepFromErasure(write, version);
      await this.screenings.record(write, version, result);
      await run.complete(write);
    });
  }
}
