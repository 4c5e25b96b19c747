echo [ [abc
