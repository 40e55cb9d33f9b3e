#!/usr/bin/perl
# System tier: aria2 at the jobs of daily use.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

sub aria2 {
	my ($how, @steps) = @_;
	my $host = $how->{host} =~ /:/ ? "[$how->{host}]" : $how->{host};
	my @commands;

	for (@steps) {
		my ($verb, $remote, $local) = @$_;
		my $path = $remote =~ s{([^\w./-])}{sprintf '%%%02X', ord $1}ger;

		# Four connections, each with its part of the file. One that has read
		# 150 and 226 in one piece waits for a minute: so they must not come so.
		push @commands, ['aria2c', '-q', '--no-conf', '-x4', '-s4', '-k1M',
		    '--allow-overwrite=true', '--auto-file-renaming=false',
		    '--max-tries=1', "--ftp-user=$how->{user}",
		    "--ftp-passwd=$how->{password}", '--log=-', '--log-level=notice',
		    '--ftp-pasv=' . ($how->{active} ? 'false' : 'true'),
		    $verb eq 'reget' ? '-c' : (), $verb eq 'get_time' ? '-R' : (),
		    '-o', $local, "ftp://$host/$path"], '';
	}
	return @commands;
}

my $none = 'it does downloads of files only';
my $client = { name => 'aria2', packages => ['aria2'],
    version => 'aria2c --version', run => \&aria2, cannot => {
        (map { $_ => $none } qw(put reput put_time put_tree rename remove mkdir
            rmdir get_tree list)),
        abort => 'one that is stopped ends; see "killed"' } };

jobs($client);
done_testing;
