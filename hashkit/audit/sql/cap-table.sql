-- Who holds what after block :block. A row an account that ever moved units: its address and the eight limbs of its
-- balance, each a sum of 32-bit limbs, so each may be negative or over 32 bits: balance = sum of u[i] * 2^(32 i).
SELECT a.address, g.u0, g.u1, g.u2, g.u3, g.u4, g.u5, g.u6, g.u7
FROM (
    SELECT
        m.account,
        SUM(m.u0) AS u0, SUM(m.u1) AS u1, SUM(m.u2) AS u2, SUM(m.u3) AS u3,
        SUM(m.u4) AS u4, SUM(m.u5) AS u5, SUM(m.u6) AS u6, SUM(m.u7) AS u7
    FROM (
        SELECT r AS account, u0, u1, u2, u3, u4, u5, u6, u7
        FROM transfer
        WHERE block <= :block
        UNION ALL
        SELECT s AS account, -u0, -u1, -u2, -u3, -u4, -u5, -u6, -u7
        FROM transfer
        WHERE block <= :block
    ) AS m
    GROUP BY m.account
) AS g
INNER JOIN account AS a ON a.id = g.account
