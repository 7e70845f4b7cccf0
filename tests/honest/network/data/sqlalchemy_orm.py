# Authors and books as classes that are mapped to tables.
# allowed_imports: ["sqlalchemy"]
# allowed_database_operations: ["insert", "update", "select"]
# allowed_tables: ["authors", "books"]
# allowed_databases: ["./library.db"]

from sqlalchemy import ForeignKey, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


engine = create_engine("sqlite:///library.db")
with Session(engine) as session:
    author = Author(name="Ursula K. Le Guin")
    session.add(author)
    session.add_all([Book(title="The Dispossessed", author=author), Book(title="Lavinia", author=author)])
    session.commit()
    for book in session.scalars(select(Book).where(Book.title.like("%a%")).order_by(Book.title)):
        print(book.title)
