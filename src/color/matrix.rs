//! Three by three matrices.

/// A matrix, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Matrix(pub [[f64; 3]; 3]);

/// Three numbers: a colour, in whichever space.
pub(crate) type Triple = [f64; 3];

impl Matrix {
    /// The matrix that changes nothing.
    pub(crate) const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// The matrix whose columns are these.
    pub(crate) fn of_columns([a, b, c]: [Triple; 3]) -> Self {
        let ([a0, a1, a2], [b0, b1, b2], [c0, c1, c2]) = (a, b, c);
        Self([[a0, b0, c0], [a1, b1, c1], [a2, b2, c2]])
    }

    /// The matrix with these on its diagonal and zeros elsewhere.
    pub(crate) fn diagonal([a, b, c]: Triple) -> Self {
        Self([[a, 0.0, 0.0], [0.0, b, 0.0], [0.0, 0.0, c]])
    }

    /// The matrix times a column.
    pub(crate) fn apply(&self, [x, y, z]: Triple) -> Triple {
        self.0.map(|[a, b, c]| a * x + b * y + c * z)
    }

    /// The matrix that does what `first` does and then what this one does.
    pub(crate) fn after(&self, first: &Self) -> Self {
        let [[a, b, c], [d, e, f], [g, h, i]] = first.0;
        Self::of_columns([[a, d, g], [b, e, h], [c, f, i]].map(|column| self.apply(column)))
    }

    /// The matrix that undoes this one; `None` if nothing does.
    pub(crate) fn inverse(&self) -> Option<Self> {
        let [[a, b, c], [d, e, f], [g, h, i]] = self.0;
        let cofactors = [
            [e * i - f * h, c * h - b * i, b * f - c * e],
            [f * g - d * i, a * i - c * g, c * d - a * f],
            [d * h - e * g, b * g - a * h, a * e - b * d],
        ];
        let [[first, second, third], _, _] = cofactors;
        let determinant = a * first + d * second + g * third;
        (determinant.abs() > 1e-9).then(|| Self(cofactors.map(|row| row.map(|value| value / determinant))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_after_its_inverse_changes_nothing() {
        let matrix = Matrix([[0.4, 0.3, 0.2], [0.2, 0.7, 0.1], [0.1, 0.1, 0.7]]);
        let product = matrix.after(&matrix.inverse().unwrap());
        for (row, expected) in product.0.iter().zip(Matrix::IDENTITY.0) {
            assert!(row.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-12));
        }
        assert_eq!(Matrix([[1.0; 3]; 3]).inverse(), None);
    }
}
