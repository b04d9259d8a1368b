-- How far each job is: a read model of the job streams plus a fraction that is worth no event.
CREATE TABLE job_progress (
    job        text             PRIMARY KEY,
    production text             NOT NULL,
    state      text             NOT NULL CHECK (state IN ('running', 'done', 'stopped')),
    fraction   double precision NOT NULL CHECK (fraction BETWEEN 0 AND 1),
    begun      bigint           GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX job_progress_production ON job_progress (production, begun);
