-- name: begin
-- A first or a repeated start: the fraction counts from 0 again.
INSERT INTO job_progress (job, production, state, fraction) VALUES (%(job)s, %(production)s, 'running', 0)
ON CONFLICT (job) DO UPDATE SET state = 'running', fraction = 0;

-- name: forget
DELETE FROM job_progress;

-- name: advance
-- Late news about a job that has ended changes nothing.
UPDATE job_progress SET fraction = %(fraction)s WHERE job = %(job)s AND state = 'running';

-- name: finish
-- With the event that ends the job.
UPDATE job_progress SET state = %(state)s, fraction = CASE WHEN %(state)s = 'done' THEN 1 ELSE fraction END
WHERE job = %(job)s;

-- name: of_production
-- In the order in which they were first started.
SELECT job, state, fraction FROM job_progress WHERE production = %(production)s ORDER BY begun;
