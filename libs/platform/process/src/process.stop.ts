import type { Logger } from '@imprimatur/platform/telemetry';

/** While there is nothing to stop in good order: a child without its supervisor ends at once. */
export function endWithSupervisor(): void {
  process.once('disconnect', () => process.exit(1));
}

/** Runs `stop` once, on a signal or when the supervisor that forked this process is gone, and ends the process. */
export function stopInGoodOrder(stop: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const begin = (why: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'did not stop in good order');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => begin('SIGTERM'));
  process.once('SIGINT', () => begin('SIGINT'));
  process.removeAllListeners('disconnect');
  process.once('disconnect', () => begin('the supervisor is gone'));
}
