# policy: data_agent
import sympy as sp

x, y, a = sp.symbols("x y a", real=True)
f = sp.sin(x) * sp.exp(-a * x)
print(sp.diff(f, x), sp.integrate(f, x), sp.series(f, x, 0, 4))
expr = sp.sympify("x**2 + 3*x - 4")
print(sp.factor(expr), sp.solve(expr, x), sp.solve([x + y - 3, x - y - 1], [x, y]))
for text in ("sin(x)**2 + cos(x)**2", "(x + 1)*(x - 1)"):
    print(text, "=", sp.simplify(sp.parse_expr(text)))
M = sp.Matrix([[1, a], [a, 1]])
print(M.eigenvals(), M.det(), sp.latex(M.inv()))
g = sp.lambdify((x, a), f, "numpy")
print(g(1.0, 0.5))
with open("result.tex", "w") as out:
    out.write(sp.latex(f))
