#!/usr/bin/perl
# Transcript tier, no root: RFC 3659, MDTM, SIZE, REST STREAM, TVFS, MLST and
# MLSD. Each test is a row of t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(users => { alice => {},
    reader => { write_enable => 'NO' } });
my $ascii = Inftpd::Test->new(conf => { ascii_download_enable => 'YES',
    ascii_upload_enable => 'YES' });
my $write = \&Inftpd::Test::Client::write_all;
my $time = 1234567890; # 2009-02-13 23:31:30 UTC

$server->file('file', '0123456789');
$server->file('two words', 'x');
$server->file('dir/inner', 'abc');
$server->file(' leading', 'x');
chmod 0640, $server->data('file');
utime $time, $time, $server->data($_) for 'file', 'two words', 'dir';
symlink 'file', $server->data('link');
POSIX::mkfifo($server->data('fifo'), 0644);

sub alice { return session($server, 'alice') }

# The facts of a line, their names in small letters; the name is "name".
sub facts {
	my ($line) = @_;
	my ($facts, $name) = $line =~ /\A((?:[^ ;=]+=[^;]*;)*) (.*)\z/s;
	my %facts = map { my ($n, $v) = split /=/, $_, 2; (lc $n => $v) }
	    split /;/, $facts // '';

	holds(defined $facts, "a line of facts: $line");
	return (%facts, name => $name);
}

sub mlst {
	my ($c, $path) = @_;
	my @lines = gives($c, length $path ? "MLST $path" : 'MLST', 250);

	same(scalar @lines, 3, 'lines');
	return facts($lines[1] =~ s/^ //r);
}

# name => facts of a directory.
sub mlsd {
	my ($c, $line) = @_;
	my ($bytes, $code) = $c->fetch($line // 'MLSD');

	same($code, 226, $line // 'MLSD');
	return map { my %f = facts($_); ($f{name} => \%f) } split /\r\n/, $bytes;
}

# --- 2 and 3 MDTM ------------------------------------------------------------

requirement 'RFC 3659 2.2: a path name is all behind the first blank' => sub {
	my $c = alice();

	gives($c, 'SIZE two words', 213, '1');
	gives($c, 'SIZE  leading', 213, '1');
	gives($c, 'SIZE file ', 550);
};
requirement 'RFC 3659 2.3: a time is 14 digits, in UTC' => sub {
	local $ENV{TZ} = 'Asia/Tokyo';

	gives(alice(), 'MDTM file', 213, qr/\A20090213233130(?:\.\d+)?\z/);
};
requirement 'RFC 3659 3.1: MDTM in any case, of a name with blanks' => sub {
	gives(alice(), 'mdtm two words', 213, '20090213233130');
};
requirement 'RFC 3659 3.1: MDTM answers 213, one blank, the time, no more' => sub {
	my $c = alice();

	$c->raw("MDTM file\r\n");
	same(bytes_until($c, qr/\n/), "213 20090213233130\r\n", 'MDTM');
};
requirement 'RFC 3659 3.2: MDTM of what is not there is 550' => sub {
	my $c = alice();

	gives($c, "MDTM $_", 550) for 'missing', 'file/x';
};
requirement 'RFC 3659 3.2: MDTM without a name is 501' => sub {
	gives(alice(), 'MDTM', 501);
};
requirement 'RFC 3659 3.3: FEAT has MDTM' => sub {
	my $c = alice();

	holds((grep { $_ eq ' MDTM' } gives($c, 'FEAT', 211)), 'FEAT');
};
requirement 'RFC 3659 3.4: MDTM sets no time of a file with such a name' => sub {
	my $c = alice();

	$server->file('20200101000000 file', 'x');
	gives($c, 'MDTM 20200101000000 file', 213, qr/\A(?!20200101)/);
	same((stat $server->data('file'))[9], $time, 'time');
};
requirement 'RFC 3659 3: MDTM of a session that may not write only tells' => sub {
	my $c = session($server, 'reader');

	gives($c, 'MDTM 20100101000000 file', 550);
	same((stat $server->data('file'))[9], $time, 'time');
};

# --- 4 SIZE ------------------------------------------------------------------

requirement 'RFC 3659 4.1: SIZE answers 213, one blank, digits, no more' => sub {
	my $c = alice();

	$c->raw("SIZE file\r\n");
	same(bytes_until($c, qr/\n/), "213 10\r\n", 'SIZE');
};
requirement 'RFC 3659 4: SIZE is what RETR would send in TYPE I' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('lines', "a\nb\n");
	gives($c, 'TYPE I', 200);
	gives($c, 'SIZE lines', 213, '4');
	same(length(($c->retr('lines'))[0]), 4, 'RETR');
};
requirement 'RFC 3659 4: SIZE is what RETR would send in TYPE A' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('lines', "a\nb\n");
	gives($c, 'TYPE A', 200);
	gives($c, 'SIZE lines', 213, '6');
	same(length(($c->retr('lines'))[0]), 6, 'RETR');
};
requirement 'RFC 3659 4: SIZE in TYPE A of what is not converted' => sub {
	my $c = alice();

	$server->file('lines', "a\nb\n");
	gives($c, 'TYPE A', 200);
	gives($c, 'SIZE lines', 213, '4');
	same(length(($c->retr('lines'))[0]), 4, 'RETR');
};
requirement 'RFC 3659 4: SIZE knows more than 32 bits' => sub {
	my $c = alice();

	truncate $server->file('huge'), 5e9 or die "truncate: $!";
	gives($c, 'SIZE huge', 213, '5000000000');
};
requirement 'RFC 3659 4.2: SIZE of what has none, or is not there, is 550' => sub {
	my $c = alice();

	gives($c, "SIZE $_", 550) for 'missing', 'dir', 'fifo', 'file/x';
};
requirement 'RFC 3659 4.2: SIZE too costly to count is 550' => sub {
	my $c = session($ascii, 'alice');

	truncate $ascii->file('huge'), 5e9 or die "truncate: $!";
	gives($c, 'TYPE A', 200);
	gives($c, 'SIZE huge', 550);
};
requirement 'RFC 3659 4.2: SIZE without a name is 501' => sub {
	gives(alice(), 'SIZE', 501);
};
requirement 'RFC 3659 4.3: FEAT has SIZE' => sub {
	my $c = alice();

	holds((grep { $_ eq ' SIZE' } gives($c, 'FEAT', 211)), 'FEAT');
};

# --- 5 REST ------------------------------------------------------------------

requirement 'RFC 3659 5.3: REST takes digits only' => sub {
	my $c = alice();

	gives($c, "REST $_", 501) for '', 'x', '-1', '+1', '1x', '0x1', '1.0',
	    '1 ', ' 1', '1 2';
};
requirement 'RFC 3659 5.3: REST answers 350' => sub {
	my $c = alice();

	gives($c, "REST $_", 350) for 0, 1, '0005', 5000000000;
};
requirement 'RFC 3659 5.3: RETR behind REST leaves that many octets out' => sub {
	my $c = alice();

	gives($c, 'TYPE I', 200);
	for my $n (0, 1, 9, 10) {
		gives($c, "REST $n", 350);
		same(($c->retr('file'))[0], substr('0123456789', $n), "REST $n");
	}
};
requirement 'RFC 3659 5.3: STOR behind REST writes from there on' => sub {
	my $c = alice();

	$server->file('stor', '0123456789');
	gives($c, 'REST 8', 350);
	same(($c->stor('stor', 'abcd'))[0], 226, 'STOR');
	same($server->content('stor'), '01234567abcd', 'content');
};
requirement 'RFC 3659 5.3: APPE behind REST acts as STOR' => sub {
	my $c = alice();

	$server->file('appe', '0123456789');
	gives($c, 'REST 8', 350);
	same(($c->send_file('APPE appe', 'abcd'))[0], 226, 'APPE');
	same($server->content('appe'), '01234567abcd', 'content');
};
requirement 'RFC 3659 5.3: REST 0 takes REST back' => sub {
	my $c = alice();

	gives($c, "REST $_", 350) for 5, 0;
	same(($c->retr('file'))[0], '0123456789', 'RETR');
};
requirement 'RFC 3659 5.3: REST beyond the end fails at the transfer, not before' => sub {
	my $c = alice();

	gives($c, 'REST 11', 350);
	$c->pasv;
	gives($c, 'RETR file', 554);
};
requirement 'RFC 3659 5.3: STOR and APPE beyond the end are rejected' => sub {
	my $c = alice();

	$server->file('stor', '0123456789');
	for my $line ('STOR stor', 'APPE stor', 'STOR none') {
		gives($c, 'REST 11', 350);
		same(($c->send_file($line, 'abcd'))[0], 554, $line);
	}
	same($server->content('stor'), '0123456789', 'content');
	holds(!-e $server->data('none'), 'made');
};
requirement 'RFC 3659 5.3: REST counts octets of the transfer, also in ASCII' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('lines', "a\nb\n");
	gives($c, 'TYPE A', 200);
	gives($c, 'REST 2', 350);
	same(($c->retr('lines'))[0], "\nb\r\n", 'RETR');
};
requirement 'RFC 3659 5.3: in TYPE A, REST counts octets on the way for RETR' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('lines', "a\nb\n");
	gives($c, 'TYPE A', 200);
	for my $n (0 .. 6) {
		gives($c, "REST $n", 350);
		same(($c->retr('lines'))[0], substr("a\r\nb\r\n", $n), "REST $n");
	}
};
requirement 'RFC 3659 5.3: in TYPE A, STOR behind REST is refused, not misplaced' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('lines', "a\nb\n");
	gives($c, 'TYPE A', 200);
	for my $line ('STOR lines', 'APPE lines') {
		gives($c, 'REST 2', 350);
		$c->pasv;
		gives($c, $line, 554);
	}
	same($ascii->content('lines'), "a\nb\n", 'content');
};
requirement 'RFC 3659 5.3: REST is for the transfer behind it and no other' => sub {
	my $c = alice();

	gives($c, 'REST 5', 350);
	$c->fetch('LIST');
	same(($c->retr('file'))[0], '0123456789', 'RETR behind LIST');
	gives($c, 'REST 5', 350);
	$c->pasv;
	gives($c, 'RETR missing', 550);
	same(($c->retr('file'))[0], '0123456789', 'RETR behind a refused one');
};
requirement 'RFC 3659 5.3: PASV, PORT, TYPE may stand between REST and transfer' => sub {
	my $c = alice();

	for my $line ('TYPE I', 'PASV', 'EPSV', 'PORT 127,0,0,1,200,0') {
		gives($c, 'REST 5', 350);
		$c->cmd($line);
		same(($c->retr('file'))[0], '56789', $line);
	}
};
requirement 'RFC 3659 5.4: FEAT has REST STREAM' => sub {
	my $c = alice();

	holds((grep { $_ eq ' REST STREAM' } gives($c, 'FEAT', 211)), 'FEAT');
};

# --- 6 TVFS ------------------------------------------------------------------

requirement 'RFC 3659 6.3: FEAT has TVFS' => sub {
	my $c = alice();

	holds((grep { $_ eq ' TVFS' } gives($c, 'FEAT', 211)), 'FEAT');
};
requirement 'RFC 3659 6.2: a slash divides, and in front means the root' => sub {
	my $c = alice();

	gives($c, 'SIZE dir/inner', 213, '3');
	gives($c, 'CWD dir', 250);
	gives($c, 'SIZE inner', 213, '3');
	gives($c, 'SIZE /dir/inner', 213, '3');
};
requirement 'RFC 3659 6.2: what PWD tells leads back' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	my ($name) = (gives($c, 'PWD', 257))[0] =~ /"(.*)"/;
	gives($c, 'CWD /', 250);
	gives($c, "CWD $name", 250);
	gives($c, 'SIZE inner', 213, '3');
};

# --- 7 MLST and MLSD ---------------------------------------------------------

requirement 'RFC 3659 7.2: MLST is 250-, a line with a blank before it, 250' => sub {
	my $c = alice();

	$c->raw("MLST file\r\n");
	holds(bytes_until($c, qr/^250 [^\n]*\n/m) =~
	    /\A250-[^\r\n]*\r\n (?:[^ ;=]+=[^;]*;)+ \/file\r\n250 [^\r\n]*\r\n\z/,
	    'MLST');
};
requirement 'RFC 3659 7.2: one blank between facts and name, more are its own' => sub {
	my $c = alice();
	my %f = mlst($c, ' leading');

	same($f{name}, '/ leading', 'MLST');
	my %dir = mlsd($c);
	holds($dir{' leading'}, 'MLSD');
};
requirement 'RFC 3659 7.2: a fact is name=value; without a blank' => sub {
	my $c = alice();
	my ($bytes) = $c->fetch('MLSD');

	holds(/\A(?:[^ ;=]+=[^ ;]*;)+ [^\r\n]+\z/, $_) for split /\r\n/, $bytes;
};
requirement 'RFC 3659 7.2: MLSD is lines of CR LF without header or sum' => sub {
	my $c = alice();
	my ($bytes, $end, $begin) = $c->fetch('MLSD dir');

	same("$begin $end", '150 226', 'replies');
	holds($bytes =~ /\A(?:[^\r\n]+ [^\r\n]+\r\n){3}\z/, $bytes);
};
requirement 'RFC 3659 7.2: MLSD is sent as in TYPE L 8, which it does not set' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file("odd\nname", 'x');
	gives($c, 'TYPE A', 200);
	my ($bytes) = $c->fetch('MLSD');
	holds($bytes !~ /\r\r\n|[^\r]\n/, 'line ends');
	holds((grep { /TYPE: ASCII/ } gives($c, 'STAT', 211)), 'STAT');
};
requirement 'RFC 3659 7.1: without argument MLST and MLSD are of the current directory' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	my %f = mlst($c, '');
	same($f{name}, '/dir', 'MLST');
	my %dir = mlsd($c);
	same(join(' ', sort keys %dir), '. .. inner', 'MLSD');
};
requirement 'RFC 3659 7.1: MLSD of what is no directory is 501' => sub {
	my $c = alice();

	$c->pasv;
	gives($c, 'MLSD file', 501);
};
requirement 'RFC 3659 7.2.1: MLST and MLSD of what is not there are 550' => sub {
	my $c = alice();

	gives($c, 'MLST missing', 550);
	$c->pasv;
	gives($c, 'MLSD missing', 550);
};
requirement 'RFC 3659 7.1: MLSD needs a data connection, MLST none' => sub {
	my $c = alice();

	gives($c, 'MLSD', 425);
	gives($c, 'MLST', 250);
};
requirement 'RFC 3659 7.3.1: names in MLSD are of the directory, not paths' => sub {
	my %dir = mlsd(alice(), 'MLSD /dir');

	same(join(' ', sort keys %dir), '. .. inner', 'MLSD');
};
requirement 'RFC 3659 7.3.1: MLST tells the full path' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	my %f = mlst($c, 'inner');
	same($f{name}, '/dir/inner', 'MLST');
};
requirement 'RFC 3659 7.3: names are bytes, as in every other command' => sub {
	my $c = alice();

	$server->file("n\xe4\xc3\xa4", 'x');
	my %f = mlst($c, "n\xe4\xc3\xa4");
	same($f{name}, "/n\xe4\xc3\xa4", 'MLST');
	my %dir = mlsd($c);
	holds($dir{"n\xe4\xc3\xa4"}, 'MLSD');
};
requirement 'RFC 3659 7.4: a fact stands once in a line' => sub {
	my $c = alice();
	my @lines = gives($c, 'MLST file', 250);
	my %seen;

	holds(!$seen{lc $_}++, $_) for $lines[1] =~ /([^ ;=]+)=/g;
};
requirement 'RFC 3659 7.5.1: type is file or dir' => sub {
	my $c = alice();
	my %f = mlst($c, 'file');
	my %d = mlst($c, 'dir');

	same(lc "$f{type} $d{type}", 'file dir', 'type');
};
requirement 'RFC 3659 7.5.1: MLSD has the directory once as cdir, its parent as pdir' => sub {
	my $c = alice();
	my ($bytes) = $c->fetch('MLSD dir');
	my @types = sort map { lc } $bytes =~ /type=([^;]*)/gi;

	same("@types", 'cdir file pdir', 'types');
};
requirement 'RFC 3659 7.5.1.5: other types are OS.name=type' => sub {
	my %f = mlst(alice(), 'fifo');

	holds($f{type} =~ /\AOS\.[^=.]+=\S+\z/i, $f{type});
};
requirement 'RFC 3659 7.5.1.5: a link is listed as what it leads to' => sub {
	my $c = alice();
	my %f = mlst($c, 'link');

	same("$f{type} $f{size}", 'file 10', 'MLST');
};
requirement 'RFC 3659 7.5.2: unique is the same for one file by two names' => sub {
	my $c = alice();
	my ($one, $two, $other) = map { my %f = mlst($c, $_); $f{unique} }
	    'file', 'dir/../file', 'two words';

	same($one, $two, 'two names');
	holds($one ne $other, 'two files');
};
requirement 'RFC 3659 7.5.3: modify is a time in UTC, as that of MDTM' => sub {
	my %f = mlst(alice(), 'file');

	same($f{modify}, '20090213233130', 'modify');
};
requirement 'RFC 3659 7.5.4: create, where it is known, is a time in UTC' => sub {
	my $c = alice();

	gives($c, 'OPTS MLST create;', 200, 'MLST OPTS create;');
	my %f = mlst($c, 'file');
	holds(!exists $f{create} || $f{create} =~ /\A\d{14}(?:\.\d+)?\z/, 'create');
};
requirement 'RFC 3659 7.5.4: create is never later than modify' => sub {
	my $c = alice();

	$server->file('old', 'x');
	gives($c, 'MFMT 19990101000000 old', 213);
	gives($c, 'OPTS MLST modify;create;', 200);
	my %f = mlst($c, 'old');
	same($f{modify}, '19990101000000', 'modify');
	holds(($f{create} // '0') <= $f{modify}, 'create');
};
requirement 'RFC 3659 7.5.5: a, r and w are for files that can be transferred' => sub {
	my %f = mlst(alice(), 'fifo');

	same(join('', sort split //, $f{perm}), 'df', 'of a FIFO');
};
requirement 'RFC 3659 7.5.5: perm has letters that mean something, for files' => sub {
	my $c = alice();
	my %f = mlst($c, 'file');

	same(join('', sort split //, $f{perm}), 'adfrw', 'of a file');
	my %r = mlst(session($server, 'reader'), 'file');
	same($r{perm}, 'r', 'who may only read');
};
requirement 'RFC 3659 7.5.5: perm has letters that mean something, for directories' => sub {
	my $c = alice();
	my %f = mlst($c, 'dir');

	same(join('', sort split //, $f{perm}), 'cdeflmp', 'of a directory');
	my %r = mlst(session($server, 'reader'), 'dir');
	same($r{perm}, 'el', 'who may only read');
};
requirement 'RFC 3659 7.5.7: size is the number of octets in TYPE I' => sub {
	my %f = mlst(alice(), 'file');

	same($f{size}, 10, 'size');
};
requirement 'RFC 3659 7.6.1: facts of the system are UNIX.name' => sub {
	my $c = alice();
	my ($line) = grep { /^ MLST / } gives($c, 'FEAT', 211);
	my @own = grep { !/\A(?:size|modify|create|type|unique|perm|lang|media-type|charset)\z/i }
	    $line =~ /([^ ;*]+)\*?;/g;

	holds(/\A(?:UNIX|X)\.[^.]+\z/i, $_) for @own;
};
requirement 'RFC 3659 7.8: FEAT names the facts, * behind those that are on, ; behind each' => sub {
	my $c = alice();
	my ($line) = grep { /^ MLST/ } gives($c, 'FEAT', 211);

	holds($line =~ /\A MLST (?:[^ ;*=]+\*?;)+\z/, $line);
	holds($line =~ /[ ;]$_\*;/i, $_) for qw(type size modify perm unique);
};
requirement 'RFC 3659 7.8: every fact that is sent is on in FEAT' => sub {
	my $c = alice();
	my ($line) = grep { /^ MLST/ } gives($c, 'FEAT', 211);
	my @lines = gives($c, 'MLST file', 250);

	holds($line =~ /[ ;]\Q$_\E\*;/i, $_) for $lines[1] =~ /([^ ;=]+)=/g;
};
requirement 'RFC 3659 7.8: MLST stands for both, there is no MLSD in FEAT' => sub {
	my $c = alice();
	my @lines = gives($c, 'FEAT', 211);

	same((grep { /^ MLST / } @lines) + 0, 1, 'MLST');
	same((grep { /MLSD/ } @lines) + 0, 0, 'MLSD');
};
requirement 'RFC 3659 7.9: OPTS MLST sets the facts of MLST and of MLSD' => sub {
	my $c = alice();

	gives($c, 'OPTS MLST size;type;', 200);
	same((gives($c, 'MLST file', 250))[1], ' type=file;size=10; /file', 'MLST');
	my ($bytes) = $c->fetch('MLSD dir');
	holds($bytes =~ /^type=file;size=3; inner\r\n/m, $bytes);
};
requirement 'RFC 3659 7.9: facts that were not asked for are not sent' => sub {
	my $c = alice();

	for my $fact (qw(type size modify perm unique UNIX.mode UNIX.owner
		UNIX.uid UNIX.group UNIX.gid)) {
		gives($c, "OPTS MLST $fact;", 200, "MLST OPTS $fact;");
		my @lines = gives($c, 'MLST file', 250);
		same(join(' ', $lines[1] =~ /([^ ;=]+)=/g), $fact, $fact);
	}
};
requirement 'RFC 3659 7.9: fact names in any case; unknown ones are passed over' => sub {
	gives(alice(), 'opts mlst TYPE;fish;sIze;', 200, 'MLST OPTS type;size;');
};
requirement 'RFC 3659 7.9: no facts leave the blank before the name' => sub {
	my $c = alice();

	gives($c, 'OPTS MLST', 200, 'MLST OPTS');
	same((gives($c, 'MLST file', 250))[1], '  /file', 'MLST');
	my ($bytes) = $c->fetch('MLSD dir');
	holds($bytes =~ /^ inner\r\n/m, $bytes);
};
requirement 'RFC 3659 7.5.1.2: without the type fact there is no cdir and no pdir' => sub {
	my $c = alice();

	for my $facts ('', ' size;') {
		gives($c, "OPTS MLST$facts", 200);
		my ($bytes) = $c->fetch('MLSD dir');
		same(join(' ', $bytes =~ / ([^ \r]+)\r\n/g), 'inner', "OPTS MLST$facts");
	}
};
requirement 'RFC 3659 2.2.2: names of SIZE, MDTM, MLST and MLSD are no patterns' => sub {
	my $c = alice();

	gives($c, "$_ fil*", 550) for 'SIZE', 'MDTM', 'MLST';
	$c->pasv;
	gives($c, 'MLSD di*', 550);
};
requirement 'RFC 3659 2.3: a fraction of a second is taken where a time is set' => sub {
	my $c = alice();

	$server->file('fraction', 'x');
	gives($c, 'MFMT 20020717210715.123 fraction', 213);
	gives($c, 'MDTM fraction', 213, '20020717210715');
	gives($c, 'MFMT 20020717210715. fraction', 501);
};
requirement 'RFC 3659 7.9.1: the answer is 200 MLST OPTS and the facts' => sub {
	my $c = alice();

	$c->raw("OPTS MLST type;UNIX.mode;\r\n");
	same(bytes_until($c, qr/\n/), "200 MLST OPTS type;UNIX.mode;\r\n", 'OPTS');
};
requirement 'RFC 3659 7.9.1: FEAT marks what OPTS MLST chose' => sub {
	my $c = alice();

	gives($c, 'OPTS MLST size;', 200);
	my ($line) = grep { /^ MLST/ } gives($c, 'FEAT', 211);
	same(join(' ', $line =~ /([^ ;*]+)\*;/g), 'size', 'FEAT');
};
requirement 'RFC 3659 7.9: OPTS MLST with a blank in the list is 501, nothing changes' => sub {
	my $c = alice();

	gives($c, 'OPTS MLST size;', 200);
	gives($c, "OPTS MLST $_", 501) for 'unique type;', 'type; size;';
	same((gives($c, 'MLST file', 250))[1], ' size=10; /file', 'MLST');
};
requirement 'RFC 3659 7.2: facts of the same file agree between MLST and MLSD' => sub {
	my $c = alice();
	my %f = mlst($c, 'file');
	my %dir = mlsd($c);

	delete $f{name};
	same($dir{file}{$_}, $f{$_}, $_) for sort keys %f;
};
requirement 'RFC 3659 7.1: MLSD lists no more than the session may see' => sub {
	my $own = Inftpd::Test->new(users => { bob => { hide_file => '{secret}' } });
	my $c = session($own, 'bob');

	$own->file($_, 'x') for 'secret', 'open';
	my %dir = mlsd($c);
	same(join(' ', sort keys %dir), '. .. open', 'MLSD');
};
not_done 'RFC 3659 7.5.10: lang, media-type and charset facts',
    'the file system knows none of them, and no fact is required';

$_->done for $server, $ascii;
done_testing;
