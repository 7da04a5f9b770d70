export { JobConsumerModule } from './job-consumer.module.js';
export { JobConsumer, type JobReporter } from './job.consumer.js';
export { Later, type HandlerOptions, type Job, type JobHandler, type JobRun, type NewJob } from './job.types.js';
export { Jobs } from './jobs.js';
export { JobsModule } from './jobs.module.js';
