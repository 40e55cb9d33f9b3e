#!/usr/bin/perl
# Transcript tier, no root: LIST. What a client's parser sees, options,
# patterns, and paths that are not there.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $now = time;

$server->file('b.txt', 'x' x 5);
$server->file('a.txt', 'x' x 10);
$server->file('.hidden', 'x');
$server->file('sub/inner', 'x');
$server->file('two words', 'x');
$server->dir('empty');
symlink 'a.txt', $server->data('link');
utime $now, $now - 50, $server->data('b.txt');
utime $now, 946684800, $server->data('a.txt'); # 2000-01-01
chmod 0644, map { $server->data($_) } 'a.txt', 'b.txt';
my $c = $server->login('alice');

sub names { return [map { /^\S+ +\d+ \S+ +\S+ +\d+ \w{3} [ \d]\d [ \d:]{5} (.+)$/ ? $1 : "bad: $_" } @{ $_[0] }] }
sub listed {
	my ($line, $names, $what) = @_;
	my ($lines, $code) = $c->list($line);

	is($code, 226, "$line ends with 226");
	is_deeply(names($lines || []), $names, $what // $line);
}

my @all = ('a.txt', 'b.txt', 'empty', 'link -> a.txt', 'sub', 'two words');
listed('LIST', \@all, 'LIST: sorted, no dot files');
listed('LIST -l', \@all, 'options of ls');
listed('LIST .', \@all);
listed('LIST -a', ['.', '..', '.hidden', @all]);
listed('LIST -la', ['.', '..', '.hidden', @all]);
listed('LIST -A', ['.hidden', @all]);
listed('LIST -r', [reverse @all]);
listed('LIST sub', ['inner']);
listed('LIST -l sub', ['inner']);
listed('LIST empty', [], 'an empty directory is an empty listing');
listed('LIST a.txt', ['a.txt'], 'a file');
listed('LIST two words', ['two words'], 'a name with a blank');
listed('LIST *.txt', ['a.txt', 'b.txt'], 'a pattern');
listed('LIST [ab].t?t', ['a.txt', 'b.txt']);
listed('LIST *.none', [], 'a pattern that nothing matches');
listed('LIST -d sub', ['sub'], '-d: the directory itself');
listed('LIST -d s*', ['sub'], 'also by a pattern');
listed('LIST -d', ['.'], 'also without a name');
$c->expect('CWD sub', 250);
listed('LIST -ld', ['.'], 'which is that of no entry');
listed('LIST -d .', ['.']);
$c->expect('CDUP', 250);
listed('LIST -ld *', \@all, 'as clients ask for all names');
listed('LIST -1a', ['.', '..', '.hidden', @all], '-1 is the way it is anyway');
listed('LIST -la -t -r *.txt', ['a.txt', 'b.txt'], 'options in several words');
listed('LIST -aF', ['./', '../', '.hidden', 'a.txt', 'b.txt', 'empty/',
    'link -> a.txt', 'sub/', 'two words'], '-a and -F');
listed('LIST -S *.txt', ['a.txt', 'b.txt'], '-S: largest first');
listed('LIST -t *.txt', ['b.txt', 'a.txt'], '-t: newest first');
listed('LIST -rt *.txt', ['a.txt', 'b.txt']);
listed('LIST -R', \@all, '-R without ls_recurse_enable');
listed('LIST -F', ['a.txt', 'b.txt', 'empty/', 'link -> a.txt', 'sub/',
    'two words'], '-F');
listed('LIST -zZ9', \@all, 'letters without meaning are let be');

my ($lines) = $c->list('LIST a.txt');
like($lines->[0], qr/^-rw-r--r-- +1 \S+ +\S+ +10 Jan  1  2000 a\.txt$/,
    'a file of another year');
($lines) = $c->list('LIST b.txt');
like($lines->[0], qr/^-rw-r--r-- +1 \S+ +\S+ +5 [A-Z][a-z]{2} [ \d]\d \d\d:\d\d b\.txt$/,
    'a file of today');
my @utc = gmtime $now - 50;
my $minute = sprintf '%02d:%02d', @utc[2, 1];
like($lines->[0], qr/ $minute b/, 'times are UTC');
($lines) = $c->list('LIST -d sub');
like($lines->[0], qr/^drwx/, 'a directory');
($lines) = $c->list('LIST -d link');
like($lines->[0], qr/^lrwxrwxrwx .* link -> a\.txt$/, 'a link');

# Refused before 150, and the data connection goes.
my $data = $c->pasv;
$c->expect('LIST missing', 550, 'No such file or directory.');
is(Inftpd::Test::Client::drain($data), '', 'the data connection is closed');
$c->expect('LIST', 425, undef, 'LIST without PASV or PORT');
$c->expect('LIST -la /missing', 550);
$c->expect('LIST a.txt/x', 550);
chmod 0, $server->data('empty');
$c->pasv;
$c->expect('LIST empty', 550, 'Permission denied.');
chmod 0755, $server->data('empty');

# Sorted also where there are many; every way of a data connection.
$server->file(sprintf('many/%05d', $_)) for 1 .. 3000;
($lines) = $c->list('LIST many');
is_deeply(names($lines), [map { sprintf '%05d', $_ } 1 .. 3000], '3000 files');
for my $how ('pasv', 'epsv', 'port', 'eprt') {
	my ($bytes, $code) = $c->fetch('LIST sub', $how);
	like($bytes, qr/ inner\r\n$/, "LIST over $how");
	is($code, 226);
}
$c->quit;

# ls_recurse_enable, hide_ids, dirlist_enable, force_dot_files
$server = Inftpd::Test->new(conf => { ls_recurse_enable => 'YES',
    hide_ids => 'YES', force_dot_files => 'YES' });
$server->file($_) for 'a/x', 'a/b/y', '.dot', 'top';
$server->user('bob', dirlist_enable => 'NO');
$c = $server->login('alice');
my ($bytes) = $c->fetch('LIST -R');
$bytes =~ s/^[-d]\S+ .* (?=\S+\r$)//mg;
is($bytes, ".dot\r\na\r\ntop\r\n\r\n./a:\r\nb\r\nx\r\n\r\n./a/b:\r\ny\r\n",
    'LIST -R with ls_recurse_enable, force_dot_files');
# Of directories in directories no more is remembered than memory bears.
my $long = ('l' x 250 . '/') x 15;
$server->dir($long);
chdir $server->data or die "chdir: $!";
for (1 .. 15) { chdir 'l' x 250 or die "chdir: $!" }
mkdir sprintf 'x%04d', $_ or die "mkdir: $!" for 1 .. 6000;
chdir '/';
my ($tree, $ended) = $c->fetch("LIST -R $long");
my $headings = () = $tree =~ /x\d{4}:\r$/mg;
cmp_ok($headings, '<', 5000, 'LIST -R of too many directories');
cmp_ok($headings, '>', 4000, 'shows those that it can');
is($ended, 226);
($lines) = $c->list('LIST top');
like($lines->[0], qr/ ftp +ftp +0 /, 'hide_ids');
$c->cmd('OPTS MLST UNIX.owner;UNIX.uid;UNIX.group;UNIX.gid;');
is(($c->expect('MLST top', 250))[1], ' UNIX.owner=ftp;UNIX.group=ftp; /top',
    'the numbers, too');
like(($c->fetch('MLSD'))[0], qr/^UNIX\.owner=ftp;UNIX\.group=ftp; top\r$/m,
    'and in MLSD');
$c->quit;
$c = $server->login('bob');
$c->pasv;
$c->expect($_, 550) for 'LIST', 'NLST', 'MLSD', 'MLST', 'STAT /';
$c->expect('STAT', 211, undef, 'dirlist_enable=NO leaves STAT alone');
$c->quit;
done_testing;
