-- How long it takes until a handoff is accepted, by boundary: cycle_time of handoff
-- stats. What is open counts as longer than everything else; a median of fewer than
-- five, or one that falls on an open one, is null.
WITH ordered AS (
  SELECT b."by", b."from", b."to", c.accept_s, c.unproven,
    row_number() OVER (PARTITION BY b."by", b."from", b."to" ORDER BY c.accept_s NULLS LAST, c.repo, c.handoff) AS place,
    count(*) OVER (PARTITION BY b."by", b."from", b."to") AS n
  FROM handoff.chains c JOIN handoff.boundaries b ON b.repo = c.repo AND b.handoff = c.handoff
  WHERE c.awaited
)
SELECT "by", "from", "to", n, count(*) FILTER (WHERE accept_s IS NULL) AS open, count(*) FILTER (WHERE unproven) AS unproven,
  CASE WHEN n >= 5 AND count(*) FILTER (WHERE accept_s IS NULL AND place <= n / 2.0 + 1) = 0
    THEN CAST(floor(avg(accept_s) FILTER (WHERE place BETWEEN n / 2.0 AND n / 2.0 + 1)) AS bigint) END AS median_s
FROM ordered
GROUP BY 1, 2, 3, n
ORDER BY n DESC, 1, 2, 3;
